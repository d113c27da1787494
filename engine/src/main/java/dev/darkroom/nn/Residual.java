package dev.darkroom.nn;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * Tokens between two sub-blocks.
 *
 * @param x the tokens {@code [B, S, D]}
 * @param norm their modulated norm, which the next sub-block takes
 */
public record Residual(Tensor x, Tensor norm) {
    /** Joins streams along S. */
    public static Residual cat(List<Residual> streams) {
        return streams.size() == 1
                ? streams.getFirst()
                : new Residual(
                        Tensor.cat(1, streams.stream().map(Residual::x).toArray(Tensor[]::new)),
                        Tensor.cat(1, streams.stream().map(Residual::norm).toArray(Tensor[]::new)));
    }

    /** Hands both over to the scope outside of {@code scope}. */
    public Residual keptBy(Scope scope) {
        scope.keep(x);
        scope.keep(norm);
        return this;
    }

    /** Returns these tokens, and frees those that they replace. */
    public Residual replacing(Residual old, Scope scope) {
        scope.replace(old.x, x);
        scope.replace(old.norm, norm);
        return this;
    }
}
