/** Pictures as files and as pixels: decoding, encoding, metadata, exact resizing, sizes, and the drift of edits. */
@NullMarked
package dev.darkroom.image;

import org.jspecify.annotations.NullMarked;
