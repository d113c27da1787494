/** Noise levels of a run and the steps between them. */
@NullMarked
package dev.darkroom.schedule;

import org.jspecify.annotations.NullMarked;
