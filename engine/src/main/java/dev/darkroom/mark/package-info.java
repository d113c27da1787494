/** The invisible mark: a payload hidden in a picture's luminance, and the way to read it from copies that were changed. */
@NullMarked
package dev.darkroom.mark;

import org.jspecify.annotations.NullMarked;
