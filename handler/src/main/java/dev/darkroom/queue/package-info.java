/** Jobs between callers and workers: how they are read and checked, what is said of them, and in the rooms below their queues. */
@NullMarked
package dev.darkroom.queue;

import org.jspecify.annotations.NullMarked;
