package dev.darkroom.diffusion;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;

/** A family's network together with its conditioning, which predicts the velocity, from a picture towards noise. */
public interface Velocity {
    /**
     * Predicts the velocity at a noise level, guided as the run asks.
     *
     * @param latents packed, float32 {@code [1, S, C]}
     * @param sigma the noise level, 1 for noise alone
     * @return {@code [1, S, C]}
     */
    Tensor at(Tensor latents, double sigma);

    /** Device and element type in which the network computes. */
    Placement placement();
}
