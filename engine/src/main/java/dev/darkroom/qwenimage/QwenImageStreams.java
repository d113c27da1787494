package dev.darkroom.qwenimage;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * The token streams of a pass: text {@code [B, T, D]}, and image tokens {@code [B, S, D]}. Where a checkpoint modulates reference tokens
 * by a noise level of their own ({@code zero_cond_t}), those are a second image stream behind the generated ones.
 *
 * @param images one, or generated and reference tokens; they share their weights
 */
record QwenImageStreams(Tensor text, List<Tensor> images) {
    /** Hands all streams over to the scope outside of {@code scope}. */
    QwenImageStreams keptBy(Scope scope) {
        scope.keep(text);
        images.forEach(scope::keep);
        return this;
    }

    /** Returns these streams, and frees those that they replace. */
    QwenImageStreams replacing(QwenImageStreams old, Scope scope) {
        scope.replace(old.text, text);
        for (int i = 0; i < images.size(); i++) {
            scope.replace(old.images.get(i), images.get(i));
        }
        return this;
    }

    /** The generated tokens; those of references may follow them: {@code [B, S, D]}. */
    Tensor generated() {
        return images.getFirst();
    }

    /** Joins all image tokens: {@code [B, ΣS, D]}. */
    Tensor image() {
        return images.size() == 1 ? images.getFirst() : Tensor.cat(1, images.toArray(Tensor[]::new));
    }
}
