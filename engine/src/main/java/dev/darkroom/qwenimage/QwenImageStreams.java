package dev.darkroom.qwenimage;

import dev.darkroom.nn.Residual;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * The token streams of a pass: text {@code [B, T, D]}, then image tokens {@code [B, S, D]}. Where a checkpoint modulates reference tokens
 * by a noise level of their own ({@code zero_cond_t}), those are a second image stream behind the generated ones.
 *
 * @param all text, then one image stream, or generated and reference tokens, which share their weights
 */
record QwenImageStreams(List<Residual> all) {
    /** Hands all streams over to the scope outside of {@code scope}. */
    QwenImageStreams keptBy(Scope scope) {
        all.forEach(stream -> stream.keptBy(scope));
        return this;
    }

    /** Returns these streams, and frees those that they replace. */
    QwenImageStreams replacing(QwenImageStreams old, Scope scope) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).replacing(old.all.get(i), scope);
        }
        return this;
    }

    Tensor text() {
        return all.getFirst().x();
    }

    /** The generated tokens; those of references may follow them: {@code [B, S, D]}. */
    Tensor generated() {
        return all.get(1).x();
    }

    /** Joins all image tokens: {@code [B, ΣS, D]}. */
    Tensor image() {
        return joined(all.stream().skip(1).map(Residual::x).toList());
    }

    /** Joins the norms of all image tokens: {@code [B, ΣS, D]}. */
    Tensor imageNorm() {
        return joined(all.stream().skip(1).map(stream -> stream.norm().plain()).toList());
    }

    private static Tensor joined(List<Tensor> tokens) {
        return tokens.size() == 1 ? tokens.getFirst() : Tensor.cat(1, tokens.toArray(Tensor[]::new));
    }
}
