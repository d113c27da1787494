package dev.darkroom.nn;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/**
 * Tokens between two sub-blocks.
 *
 * @param x the tokens {@code [B, S, D]}
 * @param norm their modulated norm, which the next sub-block takes
 */
public record Residual(Tensor x, Tensor norm) {
    /** Hands both over to the scope outside of {@code scope}. */
    public Residual keptBy(Scope scope) {
        scope.keep(x);
        scope.keep(norm);
        return this;
    }
}
