package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
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
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The language model of Qwen2.5-VL, up to the states after its last norm; the head that would follow, which predicts words, is left out.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, Qwen2_5_VLTextModel.
 */
public final class Qwen25VlLanguageModel {
    /**
     * Fields of {@code text_config} of {@code text_encoder/config.json}, or in older files of the file itself.
     *
     * @param keyHeads heads of key and value; each serves several query heads
     * @param positions longest sequence
     * @param sections numbers of angles of a head that turn with time, height and width
     */
    public record Config(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int keyHeads,
            int mlpWidth,
            int positions,
            double eps,
            double theta,
            List<Integer> sections) {
        /** Bytes that so many tokens take at the network's peak, at most. */
        public long peak(long tokens, DType type) {
            return EncoderBytes.ofTokens(tokens, width, mlpWidth, type);
        }

        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of(
                        "text_config of text_encoder/config.json (Qwen-Image)")
                .uses(
                        "vocab_size",
                        "hidden_size",
                        "num_hidden_layers",
                        "num_attention_heads",
                        "num_key_value_heads",
                        "head_dim",
                        "intermediate_size",
                        "max_position_embeddings",
                        "rms_norm_eps",
                        "rope_theta",
                        "rope_scaling",
                        "rope_parameters")
                .must("model_type", "qwen2_5_vl_text", "qwen2_5_vl")
                .must("architectures", "Qwen2_5_VLForConditionalGeneration", "Qwen2_5_VLModel", "Qwen2_5_VLTextModel")
                .must("hidden_act", "silu")
                .must("use_sliding_window", false)
                .must("layer_types", "full_attention")
                .ignores("no window slides", "sliding_window", "max_window_layers")
                .ignores("no word is predicted", "tie_word_embeddings", "eos_token_id")
                .ignores(
                        "the tokenizer's ids count",
                        "image_token_id",
                        "video_token_id",
                        "vision_start_token_id",
                        "vision_end_token_id",
                        "vision_token_id");

        /** The meaning of the keys of its {@code rope_scaling}, which newer libraries call {@code rope_parameters}. */
        public static final ConfigKeys ROPE_KEYS = ConfigKeys.of("rope_scaling or rope_parameters (Qwen-Image)")
                .uses("mrope_section", "rope_theta")
                .must("rope_type", "default", "mrope")
                .must("type", "default", "mrope")
                .must("partial_rotary_factor", 1)
                .must("mrope_interleaved", false)
                .must("factor", 1)
                .must("attention_factor", 1)
                .ignores("for other kinds of scaling", "original_max_position_embeddings");

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile file) {
            return readKnown(file.within(KEYS));
        }

        /** Reads the fields of a config whose keys are checked already. */
        static Config readKnown(ConfigFile file) {
            int width = file.count("hidden_size");
            int heads = file.count("num_attention_heads");
            int keyHeads = file.count("num_key_value_heads", heads);
            if (width % (2 * heads) != 0 || heads % keyHeads != 0) {
                throw file.error(
                        "num_attention_heads",
                        "must divide half of hidden_size, and be a multiple of num_key_value_heads");
            }
            int headWidth = file.count("head_dim", width / heads);
            if (headWidth != width / heads) {
                throw file.error(
                        "head_dim",
                        "must be hidden_size / num_attention_heads " + width / heads + ", not " + headWidth);
            }
            ConfigFile rope = ropeOf(file);
            double theta = file.optionalNumber("rope_theta").orElseGet(() -> rope.number("rope_theta", 1e6));
            if (theta <= 1) {
                throw file.error("rope_theta", "must be more than 1, not " + theta);
            }
            List<Integer> sections = rope.counts("mrope_section");
            if (sections.size() != 3
                    || sections.stream().mapToInt(Integer::intValue).sum() != width / heads / 2) {
                throw rope.error(
                        "mrope_section",
                        "must be three numbers whose sum is half the width of a head, " + width / heads / 2 + ", not "
                                + sections);
            }
            return new Config(
                    file.count("vocab_size"),
                    width,
                    file.count("num_hidden_layers"),
                    heads,
                    keyHeads,
                    file.count("intermediate_size"),
                    file.count("max_position_embeddings"),
                    file.number("rms_norm_eps", 1e-6, 0, 1),
                    theta,
                    sections);
        }

        private static ConfigFile ropeOf(ConfigFile file) {
            boolean newer = file.has("rope_parameters") && !file.has("rope_scaling");
            return file.at(newer ? "rope_parameters" : "rope_scaling").within(ROPE_KEYS);
        }

        private int headWidth() {
            return width / heads;
        }
    }

    private final Config config;
    private final Placement placement;
    private final Embedding embedTokens;
    private final Blocks<Layer> layers;
    private final RmsNorm norm;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Qwen25VlLanguageModel(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        embedTokens = Embedding.table(w.at("embed_tokens"), config.vocabulary, config.width);
        layers = w.blocks("layers", config.layers, layer -> Layer.load(layer, config));
        norm = RmsNorm.load(w.at("norm"), config.width, config.eps);
    }

    public Config config() {
        return config;
    }

    /** Looks up the embeds of ids {@code [B, S] → [B, S, D]}, which must be within the vocabulary. */
    public Tensor embed(Tensor ids) {
        return embedTokens.apply(ids);
    }

    /**
     * Computes the states after the last norm.
     *
     * @return {@code [B, S, D]}
     *
     * @param embeds {@code [B, S, D]}
     * @param positions {@code [3, B, S]}: time, height, width
     * @param mask {@code [B, S]}, 0 where a token is padding; null if there is none
     */
    public Tensor forward(Tensor embeds, Tensor positions, @Nullable Tensor mask) {
        Probe.see("position_ids", positions);
        Probe.see("inputs_embeds", embeds);
        try (var scope = Scope.open("language model")) {
            List<Tensor> rope = rope(positions);
            Tensor x = embeds;
            for (int i = 0; i < layers.size(); i++) {
                x = scope.replace(x, layers.at(i).forward(x, rope, mask));
                Probe.see("layer" + i, x);
            }
            return scope.keep(norm.apply(x));
        }
    }

    private List<Tensor> rope(Tensor positions) {
        long[] axes = IntStream.range(0, config.sections.size())
                .flatMap(axis -> IntStream.range(0, config.sections.get(axis)).map(j -> axis))
                .asLongStream()
                .toArray();
        return AttentionOperators.halfRopeTable(
                positions, Tensor.of(axes, axes.length).to(placement.device()), config.headWidth(), config.theta);
    }

    private record Layer(
            RmsNorm inputLayernorm,
            Linear qProj,
            Linear kProj,
            Linear vProj,
            Linear oProj,
            RmsNorm postAttentionLayernorm,
            GatedMlp mlp,
            Config config) {
        static Layer load(Weights w, Config c) {
            Weights attention = w.at("self_attn");
            int keyWidth = c.keyHeads * c.headWidth();
            return new Layer(
                    RmsNorm.load(w.at("input_layernorm"), c.width, c.eps),
                    Linear.load(attention.at("q_proj"), c.width, c.width),
                    Linear.load(attention.at("k_proj"), c.width, keyWidth),
                    Linear.load(attention.at("v_proj"), c.width, keyWidth),
                    Linear.withoutBias(attention.at("o_proj"), c.width, c.width),
                    RmsNorm.load(w.at("post_attention_layernorm"), c.width, c.eps),
                    GatedMlp.withoutBias(w.at("mlp"), c.width, c.mlpWidth),
                    c);
        }

        Tensor forward(Tensor x, List<Tensor> rope, @Nullable Tensor mask) {
            try (var layer = Scope.open("language layer")) {
                Tensor h = inputLayernorm.apply(x);
                Tensor attended = AttentionOperators.causalAttention(
                        qProj.apply(h), kProj.apply(h), vProj.apply(h), rope, config.heads, config.keyHeads, mask);
                x = x.plus(oProj.apply(attended));
                return layer.keep(x.plus(mlp.apply(postAttentionLayernorm.apply(x))));
            }
        }
    }
}
