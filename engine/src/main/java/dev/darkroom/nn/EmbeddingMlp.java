package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * Two linear layers with SiLU between them, which bring an embedding to the width of the conditioning vector: {@code [B, in] → [B, D]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/embeddings.py}, TimestepEmbedding and PixArtAlphaTextProjection.
 */
public record EmbeddingMlp(Linear linear1, Linear linear2) {
    public static EmbeddingMlp load(Weights w, int in, int width) {
        return new EmbeddingMlp(Linear.load(w.at("linear_1"), in, width), Linear.load(w.at("linear_2"), width, width));
    }

    /** Reads the same layers where they have no biases. */
    public static EmbeddingMlp withoutBias(Weights w, int in, int width) {
        return new EmbeddingMlp(
                Linear.withoutBias(w.at("linear_1"), in, width), Linear.withoutBias(w.at("linear_2"), width, width));
    }

    public Tensor apply(Tensor x) {
        return linear2.apply(Operators.silu(linear1.apply(x)));
    }
}
