/**
 * Animations in the manner of Deforum. {@link dev.darkroom.animation.Animated} is a model around another one, which draws the frames; the rest
 * is what is drawn of each, from where, and with which settings.
 */
@NullMarked
package dev.darkroom.animation;

import org.jspecify.annotations.NullMarked;
