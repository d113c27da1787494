package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;

/** The MLP of a transformer block, {@code [B, S, D] → [B, S, D]}: two linear layers with a function of one number, or of two, between them. */
public interface Mlp {
    /** Computes it for tokens, which are rows of e4m3 numbers only if it {@link #takesRows}. */
    Tensor apply(Normed x);

    /** Tells whether the first layer multiplies rows of e4m3 numbers. */
    boolean takesRows();
}
