package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.job.JobException;
import dev.darkroom.nn.Embedding;
import dev.darkroom.nn.GatedMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.ring.Blocks;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    /**
     * What such models differ in.
     *
     * @param layers all that the checkpoint has
     * @param keyHeads heads of key and value; each serves several query heads
     * @param headWidth need not be {@code width / heads}
     * @param positions longest sequence
     * @param sections numbers of angles of a head that turn with each axis of the positions; one number where there is one axis
     * @param biased whether queries, keys and values have a bias
     * @param normed whether every head of queries and keys has an RMS norm
     */
    record Config(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int keyHeads,
            int headWidth,
            int mlpWidth,
            int positions,
            double eps,
            double theta,
            List<Integer> sections,
            boolean biased,
            boolean normed) {
        /** The meaning of the keys of {@code rope_scaling}, which newer libraries call {@code rope_parameters}. */
        static final ConfigKeys ROPE_KEYS = ConfigKeys.of("rope_scaling or rope_parameters (FLUX.2, Z-Image)")
                .uses("rope_theta")
                .must("rope_type", "default")
                .must("type", "default")
                .must("factor", 1)
                .must("attention_factor", 1)
                .must("partial_rotary_factor", 1)
                .ignores("for other kinds of scaling", "original_max_position_embeddings");

        /**
         * Reads the fields of a model whose positions have one axis, and checks them against each other.
         *
         * @param headWidth of a file that states none, from its width and its heads
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        static Config read(ConfigFile file, IntBinaryOperator headWidth, boolean normed) {
            int width = file.count("hidden_size");
            int heads = file.count("num_attention_heads");
            int keyHeads = file.count("num_key_value_heads", heads);
            if (heads % keyHeads != 0) {
                throw file.error("num_attention_heads", "must be a multiple of num_key_value_heads");
            }
            int ofHead = file.count("head_dim", headWidth.applyAsInt(width, heads));
            if (ofHead % 2 != 0) {
                throw file.error("head_dim", "must be even, not " + ofHead);
            }
            return new Config(
                    file.count("vocab_size"),
                    width,
                    file.count("num_hidden_layers"),
                    heads,
                    keyHeads,
                    ofHead,
                    file.count("intermediate_size"),
                    file.count("max_position_embeddings"),
                    file.number("rms_norm_eps", 1e-6, 0, 1),
                    theta(file),
                    List.of(ofHead / 2),
                    false,
                    normed);
        }

        /** Reads the base of the rotations, from the file itself or from the object that newer libraries write, and that may state more. */
        private static double theta(ConfigFile file) {
            Optional<Double> theta = file.optionalNumber("rope_theta");
            for (String name : List.of("rope_scaling", "rope_parameters")) {
                if (file.has(name)) {
                    Optional<Double> inner = file.at(name).within(ROPE_KEYS).optionalNumber("rope_theta");
                    theta = theta.or(() -> inner);
                }
            }
            return theta.filter(base -> base > 1)
                    .orElseThrow(() -> file.error("rope_theta", "must be stated, and be more than 1"));
        }

        /**
         * Checks numbers of layers whose states are wanted, and returns them.
         *
         * @param file of this config, for the error
         */
        List<Integer> ascending(ConfigFile file, List<Integer> after) {
            int last = 0;
            for (int layer : after) {
                if (layer <= last || layer > layers) {
                    throw file.error(
                            "num_hidden_layers",
                            layers + " do not fit the states that are taken, of the layers " + after);
                }
                last = layer;
            }
            return List.copyOf(after);
        }

        /**
         * Checks that a prompt is not longer than any that the model can read.
         *
         * @throws JobException if it is
         */
        void requireWithin(int tokens) {
            if (tokens > positions) {
                throw JobException.badInput(
                        "prompt: makes " + tokens + " tokens, at most " + positions + " are possible");
            }
        }

        /** Bytes that so many tokens take at the network's peak, at most, with the states after the last layer alone. */
        long peak(long tokens, DType type) {
            return EncoderBytes.ofTokens(tokens, width, mlpWidth, type);
        }

        /** Bytes that so many tokens take at the network's peak, at most, with the states after several layers, and with padding. */
        long peak(long tokens, int states, DType type) {
            long attention = tokens * 6L * heads * headWidth * DType.FLOAT32.bytes();
            long mask = 3 * tokens * tokens;
            return EncoderBytes.ofTokens(tokens, width, mlpWidth, type)
                    + attention
                    + mask
                    + 2L * states * tokens * width * type.bytes();
        }
    }

    /** How many of a checkpoint's layers compute, and whether the last norm does. */
    record Depth(int layers, boolean lastNorm) {
        private static final Pattern LATER =
                Pattern.compile("((language_)?model\\.)*(layers\\.(?<layer>\\d{1,6})\\..*|norm\\.weight)");

        /** The layers up to the last one whose states are taken. */
        static Depth upTo(List<Integer> after) {
            return new Depth(after.getLast(), false);
        }

        /** Tells by its name in a file if a tensor is one of a later layer, or the last norm where that is not needed. */
        boolean isIdle(String tensor) {
            Matcher name = LATER.matcher(tensor);
            return name.matches()
                    && (name.group("layer") == null ? !lastNorm : Integer.parseInt(name.group("layer")) >= layers);
        }
    }

    private final Config config;
    private final Placement placement;
    private final Embedding embedTokens;
    private final Blocks<Layer> layers;
    private final @Nullable RmsNorm norm;

    /** Reads the weights below {@code w}, in the shapes that the config states; what is not needed is left where it is. */
    Decoder(Config config, Depth depth, Weights w) {
        this.config = config;
        this.placement = w.placement();
        embedTokens = Embedding.table(w.at("embed_tokens"), config.vocabulary, config.width);
        layers = w.blocks("layers", depth.layers, layer -> Layer.load(layer, config));
        norm = depth.lastNorm ? RmsNorm.load(w.at("norm"), config.width, config.eps) : null;
        IntStream.range(depth.layers, config.layers).forEach(i -> w.ignore("layers." + i));
        w.ignore(depth.lastNorm ? new String[0] : new String[] {"norm"});
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
        long[] axes = IntStream.range(0, config.sections.size())
                .flatMap(axis -> IntStream.range(0, config.sections.get(axis)).map(j -> axis))
                .asLongStream()
                .toArray();
        return AttentionOperators.halfRopeTable(
                positions, Tensor.of(axes, axes.length).to(placement.device()), config.headWidth, config.theta);
    }

    private record Layer(
            RmsNorm inputLayernorm,
            Linear qProj,
            Linear kProj,
            Linear vProj,
            @Nullable RmsNorm qNorm,
            @Nullable RmsNorm kNorm,
            Linear oProj,
            RmsNorm postAttentionLayernorm,
            GatedMlp mlp,
            Config config) {
        static Layer load(Weights w, Config c) {
            Weights attention = w.at("self_attn");
            int queryWidth = c.heads * c.headWidth;
            int keyWidth = c.keyHeads * c.headWidth;
            return new Layer(
                    RmsNorm.load(w.at("input_layernorm"), c.width, c.eps),
                    projection(attention.at("q_proj"), c, queryWidth),
                    projection(attention.at("k_proj"), c, keyWidth),
                    projection(attention.at("v_proj"), c, keyWidth),
                    c.normed ? RmsNorm.load(attention.at("q_norm"), c.headWidth, c.eps) : null,
                    c.normed ? RmsNorm.load(attention.at("k_norm"), c.headWidth, c.eps) : null,
                    Linear.withoutBias(attention.at("o_proj"), queryWidth, c.width),
                    RmsNorm.load(w.at("post_attention_layernorm"), c.width, c.eps),
                    GatedMlp.withoutBias(w.at("mlp"), c.width, c.mlpWidth),
                    c);
        }

        private static Linear projection(Weights w, Config c, int out) {
            return c.biased ? Linear.load(w, c.width, out) : Linear.withoutBias(w, c.width, out);
        }

        Tensor forward(Tensor x, List<Tensor> rope, @Nullable Tensor mask, int blind) {
            try (var layer = Scope.open("language layer")) {
                x = blind == 0
                        ? attend(x, rope, mask)
                        : Tensor.cat(
                                1, x.narrow(1, 0, blind), attend(x.narrow(1, blind, x.size(1) - blind), rope, mask));
                return layer.keep(x.plus(mlp.apply(postAttentionLayernorm.apply(x))));
            }
        }

        private Tensor attend(Tensor x, List<Tensor> rope, @Nullable Tensor mask) {
            Tensor h = inputLayernorm.apply(x);
            Tensor attended = AttentionOperators.causalAttention(
                    byHead(qProj.apply(h), qNorm),
                    byHead(kProj.apply(h), kNorm),
                    vProj.apply(h),
                    rope,
                    config.heads,
                    config.keyHeads,
                    mask);
            return x.plus(oProj.apply(attended));
        }

        /** Normalises every head of {@code [B, S, H·Dh]}, where there is a norm. */
        private Tensor byHead(Tensor x, @Nullable RmsNorm headNorm) {
            return headNorm == null
                    ? x
                    : headNorm.apply(x.reshape(x.size(0), x.size(1), -1, config.headWidth))
                            .reshape(x.shape());
        }
    }
}
