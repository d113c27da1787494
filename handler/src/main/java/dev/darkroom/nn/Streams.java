package dev.darkroom.nn;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/** The two token streams: image {@code [B, S, D]} and text {@code [B, T, D]}. */
public record Streams(Tensor image, Tensor text) {
    /** These streams, kept for the scope outside. */
    public Streams keptBy(Scope scope) {
        scope.keep(image);
        scope.keep(text);
        return this;
    }

    /** These streams in the place of others, which are freed. */
    public Streams replacing(Streams old, Scope scope) {
        scope.replace(old.image, image);
        scope.replace(old.text, text);
        return this;
    }
}
