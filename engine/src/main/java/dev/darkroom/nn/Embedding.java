package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/** Looks up rows of a table: ids {@code [B, S] → [B, S, D]}. */
public record Embedding(Tensor weight) {
    /** Reads {@code weight [rows, width]}. */
    public static Embedding load(Weights w, int rows, int width) {
        return new Embedding(w.tensor("weight", rows, width));
    }

    public Tensor apply(Tensor ids) {
        return Operators.embedding(weight, ids);
    }
}
