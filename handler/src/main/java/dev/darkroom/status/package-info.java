/** What a worker tells of itself at {@code /status}: models, memory, queue and the last jobs, for people and programs. */
@NullMarked
package dev.darkroom.status;

import org.jspecify.annotations.NullMarked;
