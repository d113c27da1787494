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
public record Residual(Tensor x, Normed norm) {
    /** Joins streams along S, none of which is quantised. */
    public static Residual cat(List<Residual> streams) {
        return streams.size() == 1
                ? streams.getFirst()
                : new Residual(
                        Tensor.cat(1, streams.stream().map(Residual::x).toArray(Tensor[]::new)),
                        new Normed.Plain(Tensor.cat(
                                1,
                                streams.stream()
                                        .map(stream -> stream.norm.plain())
                                        .toArray(Tensor[]::new))));
    }

    /** Hands both over to the scope outside of {@code scope}. */
    public Residual keptBy(Scope scope) {
        scope.keep(x);
        norm.keptBy(scope);
        return this;
    }

    /** Returns these tokens, and frees those that they replace. */
    public Residual replacing(Residual old, Scope scope) {
        scope.replace(old.x, x);
        norm.replacing(old.norm, scope);
        return this;
    }
}
