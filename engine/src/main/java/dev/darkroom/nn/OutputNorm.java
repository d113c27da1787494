package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * The adaptive norm behind the last block of a transformer.
 *
 * <p>Source: huggingface/diffusers, {@code models/normalization.py}, AdaLayerNormContinuous.
 */
public record OutputNorm(Linear layer) {
    /** Reads the layer {@code linear} of this place, {@code width → 2 · width}. */
    public static OutputNorm load(Weights w, int width) {
        return new OutputNorm(Linear.load(w.at("linear"), width, 2 * width));
    }

    /** Reads the same layer where it has no bias. */
    public static OutputNorm withoutBias(Weights w, int width) {
        return new OutputNorm(Linear.withoutBias(w.at("linear"), width, 2 * width));
    }

    /** Returns the norm for the step of the conditioning. */
    public Modulation.Norm of(Conditioning conditioning) {
        List<Tensor> scaleAndShift = conditioning.parts(layer, 2);
        return new Modulation.Norm(scaleAndShift.get(1), scaleAndShift.get(0), false);
    }
}
