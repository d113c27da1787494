package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/** {@code x · rsqrt(mean(x²) + eps) · weight} over the last dimension. */
public record RmsNorm(Tensor weight, double eps) {
    public static RmsNorm load(Weights w, int width, double eps) {
        return new RmsNorm(w.tensor("weight", width), eps);
    }

    public Tensor apply(Tensor x) {
        return Operators.rmsNorm(x, weight, eps);
    }
}
