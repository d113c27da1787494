/** Autoencoders, which turn pictures into latents and back, and the exact resizing in front of them. */
@NullMarked
package dev.darkroom.vae;

import org.jspecify.annotations.NullMarked;
