package dev.darkroom.flux;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/** The two token streams: image {@code [B, S, D]} and text {@code [B, T, D]}. */
record FluxStreams(Tensor image, Tensor text) {
    /** Hands both streams over to the scope outside of {@code scope}. */
    FluxStreams keptBy(Scope scope) {
        scope.keep(image);
        scope.keep(text);
        return this;
    }

    /** Returns these streams, and frees those that they replace. */
    FluxStreams replacing(FluxStreams old, Scope scope) {
        scope.replace(old.image, image);
        scope.replace(old.text, text);
        return this;
    }
}
