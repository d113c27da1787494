package dev.darkroom.nn;

import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * Looks up rows of a table: ids {@code [B, S] → [B, S, D]}.
 *
 * @param device on which the rows are computed with; a large table may be on the host
 */
public record Embedding(Tensor weight, Device device) {
    /** Reads {@code weight [rows, width]}. */
    public static Embedding load(Weights w, int rows, int width) {
        return new Embedding(w.tensor("weight", rows, width), w.placement().device());
    }

    /** Reads {@code weight [rows, width]} of a large vocabulary, of which a prompt has few rows. */
    public static Embedding table(Weights w, int rows, int width) {
        return new Embedding(w.table(rows, width), w.placement().device());
    }

    /** Looks up ids, wherever they are. */
    public Tensor apply(Tensor ids) {
        return Operators.embedding(weight, ids.to(weight.device())).to(device);
    }
}
