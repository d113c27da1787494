/** Checks inside the process at start-up, and the worker's state for health checks and load balancers. */
@NullMarked
package dev.darkroom.checks;

import org.jspecify.annotations.NullMarked;
