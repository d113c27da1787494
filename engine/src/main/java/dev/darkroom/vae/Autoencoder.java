package dev.darkroom.vae;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;

/** A network that turns pictures into latents an eighth as wide and high, and back. */
public interface Autoencoder {
    /** Encodes a picture {@code [B, 3, H, W]} in −1…1, sides multiples of 8, to the distribution of its unscaled latents. */
    Posterior encode(Tensor image);

    /** Decodes unscaled latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]} in about −1…1. */
    Tensor decode(Tensor latents);

    /** Scales the autoencoder's latents, in float32, to those that the pipelines denoise. */
    Tensor scale(Tensor latents);

    /** Undoes {@link #scale}: from a pipeline's latents, in float32, to those that {@link #decode} takes. */
    Tensor unscale(Tensor latents);

    /** Channels of the latents, {@code C}. */
    int latentChannels();

    /** Device and element type in which this network computes. */
    Placement placement();
}
