/** Pictures to latents and back: autoencoders, and the exact resizing in front of them. */
@NullMarked
package dev.darkroom.vae;

import org.jspecify.annotations.NullMarked;
