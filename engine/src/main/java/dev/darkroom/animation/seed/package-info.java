/** Which seed each frame is drawn with. */
@NullMarked
package dev.darkroom.animation.seed;

import org.jspecify.annotations.NullMarked;
