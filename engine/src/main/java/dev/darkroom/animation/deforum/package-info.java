/** Deforum's settings by their names. */
@NullMarked
package dev.darkroom.animation.deforum;

import org.jspecify.annotations.NullMarked;
