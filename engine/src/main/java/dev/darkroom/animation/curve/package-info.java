/** Settings that change with the frame: schedule strings such as {@code 0:(1), 30:(sin(t/10))}, their expressions, and their values. */
@NullMarked
package dev.darkroom.animation.curve;

import org.jspecify.annotations.NullMarked;
