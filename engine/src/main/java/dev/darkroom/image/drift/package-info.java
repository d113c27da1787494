/** How far an edit has moved a picture in its frame, and the way back. */
@NullMarked
package dev.darkroom.image.drift;

import org.jspecify.annotations.NullMarked;
