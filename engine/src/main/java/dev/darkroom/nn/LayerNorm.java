package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/** Layer norm over the last dimension, with weight and bias. */
public record LayerNorm(Tensor weight, Tensor bias, double eps) {
    /** Reads {@code weight} and {@code bias}, {@code [width]} each. */
    public static LayerNorm load(Weights w, int width, double eps) {
        return new LayerNorm(w.tensor("weight", width), w.tensor("bias", width), eps);
    }

    public Tensor apply(Tensor x) {
        return Operators.layerNorm(x, weight, bias, eps);
    }
}
