/** Log lines and metrics of the worker. */
@NullMarked
package dev.darkroom.logs;

import org.jspecify.annotations.NullMarked;
