package dev.darkroom.nn;

import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/** Group norm of {@code [B, C, h, w]}. */
public record GroupNorm(int groups, Tensor weight, Tensor bias, double eps) {
    /** Reads {@code weight} and {@code bias}, {@code [channels]} each. */
    public static GroupNorm load(Weights w, int groups, int channels, double eps) {
        return new GroupNorm(groups, w.tensor("weight", channels), w.tensor("bias", channels), eps);
    }

    public Tensor apply(Tensor x) {
        return PictureOperators.groupNorm(x, groups, weight, bias, eps);
    }
}
