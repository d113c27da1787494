/** How much memory there is and what the worker takes of it, and alarms before it runs out. */
@NullMarked
package dev.darkroom.memory;

import org.jspecify.annotations.NullMarked;
