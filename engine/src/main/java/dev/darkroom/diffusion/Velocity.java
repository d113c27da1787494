package dev.darkroom.diffusion;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;

/** A family's network together with its conditioning, which predicts the velocity, from a picture towards noise. */
public interface Velocity {
    /** The velocity at the steps that it was prepared for. */
    @FunctionalInterface
    interface Steps {
        /**
         * Predicts the velocity at a step, guided as the run asks.
         *
         * @param latents packed, float32 {@code [B, S, C]}
         * @param step counted from the first noise level that was prepared for
         * @return {@code [B, S, C]}
         */
        Tensor at(Tensor latents, int step);
    }

    /**
     * Computes at once what depends on nothing but the noise levels of some steps. Its tensors belong to the innermost scope.
     *
     * @param sigmas the noise levels, 1 for noise alone
     */
    Steps over(double[] sigmas);

    /** Moves numbers to the network's device: float32 {@code [n]}. */
    default Tensor numbers(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, floats.length).to(placement().device());
    }

    /** Device and element type in which the network computes. */
    Placement placement();
}
