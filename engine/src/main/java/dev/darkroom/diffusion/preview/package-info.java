/** Small pictures of the work in progress, from latents that no autoencoder decodes. */
@NullMarked
package dev.darkroom.diffusion.preview;

import org.jspecify.annotations.NullMarked;
