package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * Two linear layers with tanh-GELU between them: {@code [B, S, D] → [B, S, D]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/attention.py}, FeedForward with {@code gelu-approximate}.
 */
public record FeedForward(Linear in, Linear out) implements Mlp {
    private static final int MLP_RATIO = 4;

    public static FeedForward load(Weights w, int width) {
        return new FeedForward(
                Linear.load(w.at("net").at(0).at("proj"), width, MLP_RATIO * width),
                Linear.load(w.at("net").at(2), MLP_RATIO * width, width));
    }

    @Override
    public Tensor apply(Normed x) {
        return out.ofGelu(in, x);
    }

    @Override
    public boolean takesRows() {
        return in.takesRows();
    }
}
