/** The front of the engine: one small class for other Java programs, and the list of families. */
@NullMarked
package dev.darkroom.engine;

import org.jspecify.annotations.NullMarked;
