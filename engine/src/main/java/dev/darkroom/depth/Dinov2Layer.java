package dev.darkroom.depth;

import dev.darkroom.nn.LayerNorm;
import dev.darkroom.nn.Linear;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * A layer of DINOv2: attention and an MLP, each behind a norm, and what they add scaled for each feature.
 *
 * <p>Source: huggingface/transformers, {@code models/dinov2/modeling_dinov2.py}, Dinov2Layer.
 *
 * @param scale1 {@code [D]}, of what attention adds
 * @param scale2 {@code [D]}, of what the MLP adds
 */
record Dinov2Layer(
        LayerNorm norm1,
        Linear query,
        Linear key,
        Linear value,
        Linear dense,
        Tensor scale1,
        LayerNorm norm2,
        Linear fc1,
        Linear fc2,
        Tensor scale2,
        int heads) {
    static Dinov2Layer load(Weights w, Dinov2Config c) {
        Weights attention = w.at("attention");
        Weights projections = attention.at("attention");
        return new Dinov2Layer(
                LayerNorm.load(w.at("norm1"), c.width(), c.eps()),
                projection(projections.at("query"), c),
                projection(projections.at("key"), c),
                projection(projections.at("value"), c),
                Linear.load(attention.at("output").at("dense"), c.width(), c.width()),
                w.at("layer_scale1").tensor("lambda1", c.width()),
                LayerNorm.load(w.at("norm2"), c.width(), c.eps()),
                Linear.load(w.at("mlp").at("fc1"), c.width(), c.mlpWidth()),
                Linear.load(w.at("mlp").at("fc2"), c.mlpWidth(), c.width()),
                w.at("layer_scale2").tensor("lambda1", c.width()),
                c.heads());
    }

    private static Linear projection(Weights w, Dinov2Config c) {
        return c.qkvBias() ? Linear.load(w, c.width(), c.width()) : Linear.withoutBias(w, c.width(), c.width());
    }

    /** Computes {@code [B, S, D] → [B, S, D]}. */
    Tensor forward(Tensor x) {
        try (var layer = Scope.open("dinov2 layer")) {
            Tensor attended = x.plus(attended(norm1.apply(x)).times(scale1));
            return layer.keep(attended.plus(mlp(norm2.apply(attended)).times(scale2)));
        }
    }

    /** Attention of all tokens to all, before it is scaled and added. */
    Tensor attended(Tensor normed) {
        try (var scope = Scope.open("attention")) {
            return scope.keep(dense.apply(AttentionOperators.attention(
                    query.apply(normed), key.apply(normed), value.apply(normed), heads, false)));
        }
    }

    private Tensor mlp(Tensor normed) {
        try (var scope = Scope.open("mlp")) {
            return scope.keep(fc2.apply(Operators.gelu(fc1.apply(normed))));
        }
    }
}
