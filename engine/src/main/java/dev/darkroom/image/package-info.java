/** Pictures as files and as pixels: decoding, encoding, metadata, exact resizing, sizes, and how far an edit lies off its picture. */
@NullMarked
package dev.darkroom.image;

import org.jspecify.annotations.NullMarked;
