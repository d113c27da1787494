package dev.darkroom.text;

import dev.darkroom.nn.Embedding;
import dev.darkroom.nn.GatedMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.Set;
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
        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.weights.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile file) {
            if (!file.text("hidden_act", "silu").equals("silu")) {
                throw file.error("hidden_act", "must be silu");
            }
            if (file.flag("use_sliding_window", false)) {
                throw file.error("use_sliding_window", "must be false");
            }
            int width = file.count("hidden_size");
            int heads = file.count("num_attention_heads");
            int keyHeads = file.count("num_key_value_heads", heads);
            if (width % (2 * heads) != 0 || heads % keyHeads != 0) {
                throw file.error(
                        "num_attention_heads",
                        "must divide half of hidden_size, and be a multiple of num_key_value_heads");
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
                    file.number("rms_norm_eps", 1e-6),
                    theta,
                    sections);
        }

        private static ConfigFile ropeOf(ConfigFile file) {
            boolean newer = file.has("rope_parameters") && !file.has("rope_scaling");
            ConfigFile rope = file.at(newer ? "rope_parameters" : "rope_scaling");
            String type = rope.text("rope_type", rope.text("type", "default"));
            if (!Set.of("default", "mrope").contains(type)) {
                throw rope.error("rope_type", "must be default, not " + type);
            }
            return rope;
        }

        private int headWidth() {
            return width / heads;
        }
    }

    private final Config config;
    private final Placement placement;
    private final Embedding embedTokens;
    private final List<Layer> layers;
    private final RmsNorm norm;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Qwen25VlLanguageModel(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        embedTokens = Embedding.load(w.at("embed_tokens"), config.vocabulary, config.width);
        layers = IntStream.range(0, config.layers)
                .mapToObj(i -> Layer.load(w.at("layers").at(i), config))
                .toList();
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
                x = scope.replace(x, layers.get(i).forward(x, rope, mask));
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
