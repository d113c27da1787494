package dev.darkroom.mmdit;

import dev.darkroom.nn.Residual;
import dev.darkroom.tensor.Scope;
import java.util.List;

/** The two token streams: image {@code [B, S, D]} and text {@code [B, T, D]}. */
record Streams(Residual image, Residual text) {
    /** Hands both streams over to the scope outside of {@code scope}. */
    Streams keptBy(Scope scope) {
        image.keptBy(scope);
        text.keptBy(scope);
        return this;
    }

    /** Returns these streams, and frees those that they replace. */
    Streams replacing(Streams old, Scope scope) {
        image.replacing(old.image, scope);
        text.replacing(old.text, scope);
        return this;
    }

    /** Joins both streams, text first: {@code [B, T + S, D]}. */
    Residual joined() {
        return Residual.cat(List.of(text, image));
    }
}
