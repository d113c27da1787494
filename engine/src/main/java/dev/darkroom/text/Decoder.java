package dev.darkroom.text;

import dev.darkroom.nn.Embedding;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.ring.Blocks;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A language model that reads from left to right, as Qwen2.5-VL, Qwen3 and Mistral have it: causal attention with several query heads to
 * a key head, rotated by halves, a gated MLP, and RMS norms before both. The head that would follow, which predicts words, is left out, and
 * so are layers after the last one whose states are asked for.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, Qwen2_5_VLTextModel,
 * {@code models/qwen3/modeling_qwen3.py}, Qwen3Model, and {@code models/mistral/modeling_mistral.py}, MistralModel.
 */
final class Decoder {
    private final DecoderConfig config;
    private final Placement placement;
    private final Embedding embedTokens;
    private final Blocks<DecoderLayer> layers;
    private final @Nullable RmsNorm norm;

    /** Reads the weights below {@code w}, in the shapes that the config states; what is not needed is left where it is. */
    Decoder(DecoderConfig config, DecoderDepth depth, Weights w) {
        this.config = config;
        this.placement = w.placement();
        embedTokens = Embedding.table(w.at("embed_tokens"), config.vocabulary(), config.width());
        layers = w.blocks("layers", depth.layers(), layer -> DecoderLayer.load(layer, config));
        norm = depth.lastNorm() ? RmsNorm.load(w.at("norm"), config.width(), config.eps()) : null;
        IntStream.range(depth.layers(), config.layers()).forEach(i -> w.ignore("layers." + i));
        w.ignore(depth.lastNorm() ? new String[0] : new String[] {"norm"});
    }

    /** Looks up the embeds of ids {@code [B, S] → [B, S, D]}, which must be within the vocabulary. */
    Tensor embed(Tensor ids) {
        return embedTokens.apply(ids);
    }

    /** Positions of a text's tokens, for a model whose positions have one axis: {@code [1, 1, S]}. */
    Tensor positions(int tokens) {
        return Tensor.of(LongStream.range(0, tokens).toArray(), 1, 1, tokens).to(placement.device());
    }

    /**
     * Computes the states after the last of the layers, and after the last norm where it is there: {@code [B, S, D]}.
     *
     * @param embeds {@code [B, S, D]}
     * @param positions {@code [axes, B, S]}
     * @param mask {@code [B, S]}, 0 where a token is padding; null if there is none
     */
    Tensor forward(Tensor embeds, Tensor positions, @Nullable Tensor mask) {
        try (var scope = Scope.open("language model")) {
            Tensor x = run(scope, embeds, positions, mask, 0, List.of(), new ArrayList<>());
            return scope.keep(norm == null ? x : norm.apply(x));
        }
    }

    /**
     * Computes the states after some of the layers, side by side, and without the last norm: {@code [B, S, n·D]}.
     *
     * @param embeds {@code [B, S, D]}
     * @param positions {@code [axes, B, S]}
     * @param mask {@code [B, S]}, 0 where a token is padding; null if there is none
     * @param after numbers of layers, counted from 1, in ascending order; 0 is the embeds
     */
    Tensor states(Tensor embeds, Tensor positions, @Nullable Tensor mask, List<Integer> after) {
        return states(embeds, positions, mask, after, 0);
    }

    /**
     * Computes the same where some rows in front see nothing, not even themselves, and are seen by none: what attention gives them is 0.
     *
     * @param embeds {@code [B, blind + S, D]}
     * @param positions {@code [axes, B, S]}
     */
    Tensor states(Tensor embeds, Tensor positions, @Nullable Tensor mask, List<Integer> after, int blind) {
        try (var scope = Scope.open("language model")) {
            List<Tensor> states = new ArrayList<>();
            run(scope, embeds, positions, mask, blind, after, states);
            return scope.keep(states.size() == 1 ? states.getFirst() : Tensor.cat(-1, states.toArray(Tensor[]::new)));
        }
    }

    private Tensor run(
            Scope scope,
            Tensor embeds,
            Tensor positions,
            @Nullable Tensor mask,
            int blind,
            List<Integer> after,
            List<Tensor> states) {
        List<Tensor> rope = rope(positions);
        Tensor x = embeds;
        Probe.see("hidden_states.0", x);
        for (int i = 0; i < layers.size(); i++) {
            if (after.contains(i)) {
                states.add(x);
            }
            Tensor next = layers.at(i).forward(x, rope, mask, blind);
            x = after.contains(i) ? next : scope.replace(x, next);
            Probe.see("layer" + i, x);
            Probe.see("hidden_states", i + 1, "", x);
        }
        if (after.contains(layers.size())) {
            states.add(x);
        }
        return x;
    }

    private List<Tensor> rope(Tensor positions) {
        long[] axes = IntStream.range(0, config.sections().size())
                .flatMap(axis -> IntStream.range(0, config.sections().get(axis)).map(j -> axis))
                .asLongStream()
                .toArray();
        return AttentionOperators.halfRopeTable(
                positions, Tensor.of(axes, axes.length).to(placement.device()), config.headWidth(), config.theta());
    }
}
