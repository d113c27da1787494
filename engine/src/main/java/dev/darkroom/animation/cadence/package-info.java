/** Which frames of an animation are drawn, and which lie between those. */
@NullMarked
package dev.darkroom.animation.cadence;

import org.jspecify.annotations.NullMarked;
