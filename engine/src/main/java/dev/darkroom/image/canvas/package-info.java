/** From the images that decoders give to upright, opaque pictures in sRGB. */
@NullMarked
package dev.darkroom.image.canvas;

import org.jspecify.annotations.NullMarked;
