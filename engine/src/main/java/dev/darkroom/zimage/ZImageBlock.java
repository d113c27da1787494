package dev.darkroom.zimage;

import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.GatedMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Normed;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transformer block whose sub-blocks, attention and a gated MLP, have an RMS norm before and another one behind them.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_z_image.py}, ZImageTransformerBlock.
 *
 * @param kind name of the blocks of its kind, for probes
 * @param modulation gives scale and gate of attention, then of the MLP; null for a block that nothing modulates
 */
record ZImageBlock(
        String kind,
        RmsNorm attentionNorm1,
        QueryKeyValue qkv,
        Linear toOut,
        RmsNorm attentionNorm2,
        RmsNorm ffnNorm1,
        GatedMlp mlp,
        RmsNorm ffnNorm2,
        @Nullable Held<Linear> modulation) {
    private static final double QUERY_AND_KEY_EPS = 1e-5;
    private static final int PARTS = 4;

    static ZImageBlock load(Weights w, ZImageConfig c, String kind, boolean modulated) {
        int d = c.width();
        Weights attention = w.at("attention");
        return new ZImageBlock(
                kind,
                RmsNorm.load(w.at("attention_norm1"), d, c.eps()),
                QueryKeyValue.withoutBias(attention, QUERY_AND_KEY_EPS, d, c.heads(), c.headWidth()),
                Linear.withoutBias(attention.at("to_out").at(0), d, d),
                RmsNorm.load(w.at("attention_norm2"), d, c.eps()),
                RmsNorm.load(w.at("ffn_norm1"), d, c.eps()),
                GatedMlp.withoutBias(w.at("feed_forward"), d, c.mlpWidth(), "w1", "w3", "w2"),
                RmsNorm.load(w.at("ffn_norm2"), d, c.eps()),
                modulated
                        ? w.at("adaLN_modulation")
                                .at(0)
                                .apart(layer -> Linear.load(layer, c.conditionWidth(), PARTS * d))
                        : null);
    }

    /** Layer of the modulation, if there is one. */
    Stream<Held<Linear>> modulations() {
        return Stream.ofNullable(modulation);
    }

    /**
     * Computes tokens {@code [B, n, D]}, whose shape stays the same.
     *
     * @param conditioning of the step; null for a block that nothing modulates
     * @param rope their rotations: complex {@code [n, Dh/2]}
     * @param index of the block, for probes
     */
    Tensor forward(Tensor x, @Nullable Conditioning conditioning, Tensor rope, int index) {
        try (var block = Scope.open("z-image block")) {
            List<Tensor> parts = modulation == null || conditioning == null
                    ? List.of()
                    : conditioning.parts(modulation.itself(), PARTS);
            Tensor y = attention(x, parts, rope, index);
            Tensor fed = mlp.apply(before(y, ffnNorm1, parts, 2));
            Tensor out = block.keep(behind(y, fed, ffnNorm2, parts, 3));
            Probe.see(kind, index, "feed_forward", fed);
            Probe.see(kind, index, "", out);
            return out;
        }
    }

    private Tensor attention(Tensor x, List<Tensor> parts, Tensor rope, int index) {
        try (var scope = Scope.open("attention")) {
            var tokens = new Normed.Plain(before(x, attentionNorm1, parts, 0));
            Tensor attended = toOut.apply(QueryKeyValue.attend(rope, qkv.of(tokens)));
            Probe.see(kind, index, "attention", attended);
            return scope.keep(behind(x, attended, attentionNorm2, parts, 1));
        }
    }

    private static Tensor before(Tensor x, RmsNorm norm, List<Tensor> parts, int scale) {
        return parts.isEmpty()
                ? norm.apply(x)
                : Operators.scaledRmsNorm(x, norm.weight(), parts.get(scale), norm.eps());
    }

    private static Tensor behind(Tensor x, Tensor y, RmsNorm norm, List<Tensor> parts, int gate) {
        return parts.isEmpty()
                ? x.plus(norm.apply(y))
                : Operators.gatedRmsAdd(x, y, norm.weight(), parts.get(gate), norm.eps());
    }
}
