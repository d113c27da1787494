package dev.darkroom.nn;

import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/** A square convolution {@code [B, in, h, w] → [B, out, h', w']} that pads by half its kernel, or with a stride not at all. */
public record Conv2d(Tensor weight, Tensor bias, int kernel, int stride) {
    /** Reads {@code weight [out, in, kernel, kernel]} and {@code bias [out]}, for a stride of 1. */
    public static Conv2d load(Weights w, int in, int out, int kernel) {
        return load(w, in, out, kernel, 1);
    }

    /** Reads {@code weight [out, in, kernel, kernel]} and {@code bias [out]}. */
    public static Conv2d load(Weights w, int in, int out, int kernel, int stride) {
        return new Conv2d(w.tensor("weight", out, in, kernel, kernel), w.tensor("bias", out), kernel, stride);
    }

    public Tensor apply(Tensor x) {
        return PictureOperators.conv2d(x, weight, bias, stride, stride == 1 ? kernel / 2 : 0);
    }
}
