package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.Embedding;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.ring.Blocks;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;

/**
 * The encoder of T5 v1.1. Instead of position embeddings there is a learned bias on the attention scores by distance; the scores are not
 * scaled; without a mask, padding takes part.
 *
 * <p>Source: huggingface/transformers, {@code models/t5/modeling_t5.py}, T5EncoderModel.
 */
public final class T5Encoder {
    /**
     * Fields of {@code text_encoder_2/config.json}.
     *
     * @param headWidth need not be {@code width / heads}
     */
    public record Config(
            int vocabulary,
            int width,
            int headWidth,
            int heads,
            int mlpWidth,
            int layers,
            int buckets,
            int maxDistance,
            double eps) {
        /** Bytes that so many tokens take at the network's peak, at most. */
        public long peak(long tokens, DType type) {
            return EncoderBytes.withScores(tokens, width, mlpWidth, heads, type);
        }

        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of("text_encoder_2/config.json (FLUX)")
                .uses(
                        "vocab_size",
                        "d_model",
                        "d_kv",
                        "num_heads",
                        "d_ff",
                        "num_layers",
                        "relative_attention_num_buckets",
                        "relative_attention_max_distance",
                        "layer_norm_epsilon")
                .must("architectures", "T5EncoderModel", "T5ForConditionalGeneration", "T5Model")
                .must("model_type", "t5")
                .must("feed_forward_proj", "gated-gelu")
                .must("dense_act_fn", "gelu_new", "gelu_pytorch_tanh")
                .must("is_gated_act", true)
                .must("is_decoder", false)
                .ignores("the decoder is not used", "num_decoder_layers")
                .ignores("the tokenizer knows its end token", "eos_token_id")
                .ignores("the encoder has one table by either name", "tie_word_embeddings", "scale_decoder_outputs")
                .ignores("positions are distances, without an end", "n_positions");

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config) {
            ConfigFile file = config.within(KEYS);
            if (!file.has("feed_forward_proj")) {
                throw file.error("feed_forward_proj", "is missing: must be gated-gelu (T5 v1.1)");
            }
            int buckets = file.count("relative_attention_num_buckets", 32);
            int maxDistance = file.count("relative_attention_max_distance", 128);
            if (buckets % 4 != 0 || maxDistance <= buckets / 4) {
                throw file.error(
                        "relative_attention_num_buckets",
                        "must be a multiple of 4, and relative_attention_max_distance more than a quarter of it");
            }
            return new Config(
                    file.count("vocab_size"),
                    file.count("d_model"),
                    file.count("d_kv"),
                    file.count("num_heads"),
                    file.count("d_ff"),
                    file.count("num_layers"),
                    buckets,
                    maxDistance,
                    file.number("layer_norm_epsilon", 1e-6, 0, 1));
        }
    }

    private final Config config;
    private final Placement placement;
    private final Embedding shared;
    private final Embedding relativeAttentionBias;
    private final Blocks<Block> blocks;
    private final RmsNorm finalLayerNorm;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public T5Encoder(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        Weights encoder = w.at("encoder");
        w.ignoreCopy(
                "shared.weight", "encoder.embed_tokens.weight"); // one table, which is stored under either name or both
        shared = Embedding.table(w.renamed("shared", "encoder.embed_tokens"), config.vocabulary, config.width);
        relativeAttentionBias = Embedding.load(
                encoder.at("block.0.layer.0.SelfAttention.relative_attention_bias"), config.buckets, config.heads);
        blocks = encoder.blocks("block", config.layers, block -> Block.load(block.at("layer"), config));
        finalLayerNorm = RmsNorm.load(encoder.at("final_layer_norm"), config.width, config.eps);
    }

    public Config config() {
        return config;
    }

    /** Computes the prompt embeds of one prompt: {@code S} ids {@code → [1, S, D]}. */
    public Tensor encode(long[] ids) {
        try (var scope = Scope.open("t5")) {
            return scope.keep(encode(TokenIds.of(ids, config.vocabulary)));
        }
    }

    /** Computes the states after the last norm: ids {@code [B, S] → [B, S, D]}. */
    public Tensor encode(Tensor ids) {
        Tensor bias = positionBias((int) ids.size(1));
        Tensor x = shared.apply(ids);
        Probe.see("hidden_states.0", x);
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.at(i).forward(x, bias);
            if (i + 1 < blocks.size()) {
                Probe.see("hidden_states", i + 1, "", x);
            }
        }
        x = finalLayerNorm.apply(x);
        Probe.see("hidden_states", blocks.size(), "", x);
        return x;
    }

    /** Bias on the attention scores by distance: {@code [1, H, S, S]}. */
    private Tensor positionBias(int length) {
        Tensor buckets =
                AttentionOperators.relativeBuckets(length, config.buckets, config.maxDistance, placement.device());
        return relativeAttentionBias
                .apply(buckets)
                .permute(2, 0, 1)
                .reshape(1, config.heads, length, length)
                .contiguous();
    }

    private record Block(
            RmsNorm attentionNorm,
            Linear q,
            Linear k,
            Linear v,
            Linear o,
            RmsNorm mlpNorm,
            Linear wi0,
            Linear wi1,
            Linear wo,
            int heads) {
        static Block load(Weights w, Config c) {
            Weights attention = w.at(0).at("SelfAttention");
            Weights mlp = w.at(1).at("DenseReluDense");
            int inner = c.heads * c.headWidth;
            return new Block(
                    RmsNorm.load(w.at(0).at("layer_norm"), c.width, c.eps),
                    Linear.withoutBias(attention.at("q"), c.width, inner),
                    Linear.withoutBias(attention.at("k"), c.width, inner),
                    Linear.withoutBias(attention.at("v"), c.width, inner),
                    Linear.withoutBias(attention.at("o"), inner, c.width),
                    RmsNorm.load(w.at(1).at("layer_norm"), c.width, c.eps),
                    Linear.withoutBias(mlp.at("wi_0"), c.width, c.mlpWidth),
                    Linear.withoutBias(mlp.at("wi_1"), c.width, c.mlpWidth),
                    Linear.withoutBias(mlp.at("wo"), c.mlpWidth, c.width),
                    c.heads);
        }

        Tensor forward(Tensor x, Tensor bias) {
            try (var block = Scope.open("t5 block")) {
                Tensor h = attentionNorm.apply(x);
                x = x.plus(
                        o.apply(AttentionOperators.biasedAttention(q.apply(h), k.apply(h), v.apply(h), heads, bias)));
                h = mlpNorm.apply(x);
                return block.keep(
                        x.plus(wo.apply(Operators.geluTanh(wi0.apply(h)).times(wi1.apply(h)))));
            }
        }
    }
}
