package dev.darkroom.text;

import dev.darkroom.nn.GatedMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a {@link Decoder}.
 *
 * @param adjacent true if features that turn together stand beside each other in the rows of queries and keys, not half a head apart
 */
record DecoderLayer(
        RmsNorm inputLayernorm,
        Linear qProj,
        Linear kProj,
        Linear vProj,
        @Nullable RmsNorm qNorm,
        @Nullable RmsNorm kNorm,
        Linear oProj,
        RmsNorm postAttentionLayernorm,
        GatedMlp mlp,
        boolean adjacent,
        DecoderConfig config) {
    /** Place of queries and keys in whose rows features that turn together stand beside each other. */
    static final String ADJACENT = "adjacent";

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    static DecoderLayer load(Weights w, DecoderConfig c) {
        Weights attention = w.at("self_attn");
        boolean adjacent = attention.has(ADJACENT);
        Weights turned = adjacent ? attention.at(ADJACENT) : attention;
        int queryWidth = c.heads() * c.headWidth();
        int keyWidth = c.keyHeads() * c.headWidth();
        return new DecoderLayer(
                RmsNorm.load(w.at("input_layernorm"), c.width(), c.eps()),
                projection(turned.at("q_proj"), c, queryWidth),
                projection(turned.at("k_proj"), c, keyWidth),
                projection(attention.at("v_proj"), c, keyWidth),
                c.normed() ? RmsNorm.load(attention.at("q_norm"), c.headWidth(), c.eps()) : null,
                c.normed() ? RmsNorm.load(attention.at("k_norm"), c.headWidth(), c.eps()) : null,
                Linear.withoutBias(attention.at("o_proj"), queryWidth, c.width()),
                RmsNorm.load(w.at("post_attention_layernorm"), c.width(), c.eps()),
                GatedMlp.withoutBias(w.at("mlp"), c.width(), c.mlpWidth()),
                adjacent,
                c);
    }

    private static Linear projection(Weights w, DecoderConfig c, int out) {
        return c.biased() ? Linear.load(w, c.width(), out) : Linear.withoutBias(w, c.width(), out);
    }

    /**
     * Computes {@code [B, S, D] → [B, S, D]}.
     *
     * @param rope cosines and sines of the rows that see
     * @param mask {@code [B, S]}, 0 where a token is padding; null if there is none
     * @param blind rows in front that see nothing
     */
    Tensor forward(Tensor x, List<Tensor> rope, @Nullable Tensor mask, int blind) {
        try (var layer = Scope.open("language layer")) {
            x = blind == 0
                    ? attend(x, rope, mask)
                    : Tensor.cat(1, x.narrow(1, 0, blind), attend(x.narrow(1, blind, x.size(1) - blind), rope, mask));
            return layer.keep(x.plus(mlp.apply(postAttentionLayernorm.apply(x))));
        }
    }

    private Tensor attend(Tensor x, List<Tensor> rope, @Nullable Tensor mask) {
        Tensor h = inputLayernorm.apply(x);
        Tensor attended = AttentionOperators.causalAttention(
                byHead(halvesApart(qProj.apply(h)), qNorm),
                byHead(halvesApart(kProj.apply(h)), kNorm),
                vProj.apply(h),
                rope,
                config.heads(),
                config.keyHeads(),
                mask);
        return x.plus(oProj.apply(attended));
    }

    /** Puts features that turn together half a head apart, in {@code [B, S, H·Dh]}. */
    private Tensor halvesApart(Tensor x) {
        return adjacent
                ? x.reshape(x.size(0), x.size(1), -1, config.headWidth() / 2, 2)
                        .permute(0, 1, 2, 4, 3)
                        .reshape(x.shape())
                : x;
    }

    /** Normalises every head of {@code [B, S, H·Dh]}, where there is a norm. */
    private Tensor byHead(Tensor x, @Nullable RmsNorm headNorm) {
        return headNorm == null
                ? x
                : headNorm.apply(x.reshape(x.size(0), x.size(1), -1, config.headWidth()))
                        .reshape(x.shape());
    }
}
