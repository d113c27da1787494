/** Checks inside the process at start-up, and the worker's state for those who ask. */
@NullMarked
package dev.darkroom.checks;

import org.jspecify.annotations.NullMarked;
