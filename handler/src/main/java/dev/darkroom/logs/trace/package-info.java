/** Traces of ended jobs for OpenTelemetry: off, and none of its classes loaded, unless the surroundings say where they go. */
@NullMarked
package dev.darkroom.logs.trace;

import org.jspecify.annotations.NullMarked;
