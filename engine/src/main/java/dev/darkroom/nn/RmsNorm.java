package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.NormWeight;
import dev.darkroom.weights.Weights;

/** RMS norm over the last dimension: {@code x · rsqrt(mean(x²) + eps) · weight}. */
public record RmsNorm(NormWeight layer, double eps) {
    /** Reads {@code weight [width]}. */
    public static RmsNorm load(Weights w, int width, double eps) {
        return new RmsNorm(w.norm(width), eps);
    }

    public Tensor apply(Tensor x) {
        return Operators.rmsNorm(x, weight(), eps);
    }

    /** The weight {@code [width]} that the norm computes with at the moment. */
    public Tensor weight() {
        return layer.tensor();
    }
}
