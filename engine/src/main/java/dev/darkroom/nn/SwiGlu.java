package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * Gated MLP whose first layer gives gate and value side by side, {@code out(silu(gate) · value)}: {@code [B, S, D] → [B, S, D]}, without
 * biases.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux2.py}, Flux2FeedForward and Flux2SwiGLU.
 */
public record SwiGlu(Linear in, Linear out) implements Mlp {
    /** Reads the layers {@code linear_in}, {@code width → 2 · inner}, and {@code linear_out}, {@code inner → width}. */
    public static SwiGlu load(Weights w, int width, int inner) {
        return new SwiGlu(
                Linear.withoutBias(w.at("linear_in"), width, 2 * inner),
                Linear.withoutBias(w.at("linear_out"), inner, width));
    }

    @Override
    public Tensor apply(Normed x) {
        return out.apply(in.swiglu(x));
    }

    @Override
    public boolean takesRows() {
        return in.takesRows();
    }
}
