package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.Embedding;
import dev.darkroom.nn.LayerNorm;
import dev.darkroom.nn.Linear;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The text tower of CLIP-L: a causal transformer whose state at the end token stands for the whole prompt.
 *
 * <p>Source: huggingface/transformers, {@code models/clip/modeling_clip.py}, CLIPTextModel. FLUX uses the pooled output alone, without a
 * projection.
 */
public final class ClipTextEncoder {
    /**
     * Fields of {@code text_encoder/config.json}.
     *
     * @param legacyEnd true for configs written before the end token had its own id: the highest id marks the end
     */
    public record Config(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int mlpWidth,
            int positions,
            double eps,
            long endToken,
            boolean legacyEnd) {
        /** Bytes that so many tokens take at the network's peak, at most. */
        public long peak(long tokens, DType type) {
            return EncoderBytes.withScores(tokens, width, mlpWidth, heads, type);
        }

        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of("text_encoder/config.json (FLUX)")
                .uses(
                        "vocab_size",
                        "hidden_size",
                        "num_hidden_layers",
                        "num_attention_heads",
                        "intermediate_size",
                        "max_position_embeddings",
                        "layer_norm_eps",
                        "eos_token_id")
                .must("architectures", "CLIPTextModel", "CLIPModel")
                .must("model_type", "clip_text_model")
                .must("hidden_act", "quick_gelu")
                .must("is_decoder", false)
                .ignores("the pooled output is used without a projection", "projection_dim")
                .ignores("the tables are stored, or not needed", "tie_word_embeddings");

        private static final int LEGACY_END = 2;

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config) {
            ConfigFile file = config.within(KEYS);
            int width = file.count("hidden_size");
            int heads = file.count("num_attention_heads");
            if (width % heads != 0) {
                throw file.error("num_attention_heads", "must divide hidden_size " + width + ", not " + heads);
            }
            int end = file.count("eos_token_id", LEGACY_END);
            return new Config(
                    file.count("vocab_size"),
                    width,
                    file.count("num_hidden_layers"),
                    heads,
                    file.count("intermediate_size"),
                    file.count("max_position_embeddings"),
                    file.number("layer_norm_eps", 1e-5, 0, 1),
                    end,
                    end == LEGACY_END);
        }
    }

    private final Config config;
    private final Embedding tokenEmbedding;
    private final Tensor positionEmbedding;
    private final List<Layer> layers;
    private final LayerNorm finalLayerNorm;

    /**
     * Reads the weights below {@code w}, in the shapes that the config states: below {@code text_model.}, or as newer libraries may write
     * them, without it.
     */
    public ClipTextEncoder(Config config, Weights w) {
        this.config = config;
        boolean flat = w.has("embeddings") && !w.has("text_model");
        Weights model = flat ? w.at("text_model").storedAt(w) : w.at("text_model");
        Weights embeddings = model.at("embeddings");
        embeddings.ignore("position_ids");
        tokenEmbedding = Embedding.load(embeddings.at("token_embedding"), config.vocabulary, config.width);
        positionEmbedding = embeddings.at("position_embedding").tensor("weight", config.positions, config.width);
        layers = IntStream.range(0, config.layers)
                .mapToObj(i -> Layer.load(model.at("encoder").at("layers").at(i), config))
                .toList();
        finalLayerNorm = LayerNorm.load(model.at("final_layer_norm"), config.width, config.eps);
    }

    public Config config() {
        return config;
    }

    /** Computes the state at the end token: ids of one prompt, as many as there are positions, {@code → [1, D]}. */
    public Tensor pooled(long[] ids) {
        try (var scope = Scope.open("clip")) {
            Tensor states = encode(TokenIds.of(ids, config.vocabulary));
            return scope.keep(states.narrow(1, end(ids), 1).reshape(1, config.width));
        }
    }

    /** Computes the states after the last norm: ids {@code [B, S] → [B, S, D]}. */
    public Tensor encode(Tensor ids) {
        Tensor x = tokenEmbedding.apply(ids).plus(positionEmbedding.narrow(0, 0, ids.size(1)));
        Probe.see("hidden_states.0", x);
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).forward(x);
            Probe.see("hidden_states", i + 1, "", x);
        }
        return finalLayerNorm.apply(x);
    }

    /** Index of the prompt's end token. */
    public int end(long[] ids) {
        int end = 0;
        for (int i = 1; i < ids.length; i++) {
            if (config.legacyEnd ? ids[i] > ids[end] : ids[i] == config.endToken && ids[end] != config.endToken) {
                end = i;
            }
        }
        return end;
    }

    private record Layer(
            LayerNorm layerNorm1,
            Linear qProj,
            Linear kProj,
            Linear vProj,
            Linear outProj,
            LayerNorm layerNorm2,
            Linear fc1,
            Linear fc2,
            int heads) {
        static Layer load(Weights w, Config c) {
            Weights attention = w.at("self_attn");
            return new Layer(
                    LayerNorm.load(w.at("layer_norm1"), c.width, c.eps),
                    Linear.load(attention.at("q_proj"), c.width, c.width),
                    Linear.load(attention.at("k_proj"), c.width, c.width),
                    Linear.load(attention.at("v_proj"), c.width, c.width),
                    Linear.load(attention.at("out_proj"), c.width, c.width),
                    LayerNorm.load(w.at("layer_norm2"), c.width, c.eps),
                    Linear.load(w.at("mlp").at("fc1"), c.width, c.mlpWidth),
                    Linear.load(w.at("mlp").at("fc2"), c.mlpWidth, c.width),
                    c.heads);
        }

        Tensor forward(Tensor x) {
            try (var layer = Scope.open("clip layer")) {
                Tensor h = layerNorm1.apply(x);
                Tensor attended =
                        AttentionOperators.attention(qProj.apply(h), kProj.apply(h), vProj.apply(h), heads, true);
                x = x.plus(outProj.apply(attended));
                return layer.keep(x.plus(fc2.apply(Operators.quickGelu(fc1.apply(layerNorm2.apply(x))))));
            }
        }
    }
}
