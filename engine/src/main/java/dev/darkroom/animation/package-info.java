/** Animations in the manner of Deforum: what is drawn of each frame, from where, and with which settings. */
@NullMarked
package dev.darkroom.animation;

import org.jspecify.annotations.NullMarked;
