package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/**
 * Qwen3 as the text encoder of FLUX.2 klein and Z-Image: a prompt's embeds are the states after some of its layers, of which the later ones
 * are neither loaded nor computed; {@code lm_head} and the last norm are not read either.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen3/modeling_qwen3.py}, Qwen3ForCausalLM, of which {@code hidden_states} are used.
 */
public final class Qwen3Encoder {
    private static final int HEAD_WIDTH = 128;

    /**
     * Fields of {@code text_encoder/config.json}, and the layers that a family takes the states of.
     *
     * @param after numbers of layers, counted from 1, in ascending order
     */
    public record Config(DecoderConfig decoder, List<Integer> after) {
        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of("text_encoder/config.json (FLUX.2 klein, Z-Image)")
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
                .must("architectures", "Qwen3ForCausalLM", "Qwen3Model")
                .must("model_type", "qwen3")
                .must("hidden_act", "silu")
                .must("attention_bias", false)
                .must("use_sliding_window", false)
                .must("layer_types", "full_attention")
                .ignores("no window slides", "sliding_window", "max_window_layers")
                .ignores("no word is predicted", "tie_word_embeddings", "eos_token_id");

        /**
         * Reads {@code config.json} of a checkpoint's {@code text_encoder/}.
         *
         * @param after the layers that the family takes the states of, counted from 1 and ascending, by how many there are
         */
        public static Config read(Path folder, IntFunction<List<Integer>> after) {
            return read(ConfigFile.read(folder.resolve("config.json")), after);
        }

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config, IntFunction<List<Integer>> after) {
            ConfigFile file = config.within(KEYS);
            DecoderConfig decoder = DecoderConfig.read(file, (width, heads) -> HEAD_WIDTH, true);
            return new Config(decoder, decoder.ascending(file, after.apply(decoder.layers())));
        }

        /** Size of the vocabulary, which the tokenizer's ids must be within. */
        public int vocabulary() {
            return decoder.vocabulary();
        }

        /** What is known of its layers by their names. */
        public LayerNames names() {
            return LayerNames.called(new Qwen3Names()).without(DecoderDepth.upTo(after)::isIdle);
        }

        /** Width of the embeds of a prompt: that of the states of all layers that are taken. */
        public int embedWidth() {
            return decoder.width() * after.size();
        }

        /** Bytes that so many tokens take at the network's peak, at most. */
        public long peak(long tokens, DType type) {
            return decoder.peak(tokens, after.size(), type);
        }
    }

    private final Config config;
    private final Placement placement;
    private final Decoder decoder;

    /** Reads the weights below {@code w}, whose names begin with {@code model.} or at once. */
    public Qwen3Encoder(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        w.ignore("lm_head"); // tied or not, no word is predicted
        Weights model = w.at("model");
        decoder = new Decoder(
                config.decoder, DecoderDepth.upTo(config.after), w.has("model") ? model : model.storedAt(w));
    }

    public Config config() {
        return config;
    }

    /** Device and element type in which the encoder computes. */
    public Placement placement() {
        return placement;
    }

    /** Computes the prompt embeds of one prompt without padding: {@code S} ids {@code → [1, S, embed width]}. */
    public Tensor encode(long[] ids) {
        return encode(new PaddedIds(ids, ids.length));
    }

    /**
     * Computes the prompt embeds of one prompt that is padded at its end. Rows of padding see the prompt and no padding, and come out as
     * such: they are neither zeros nor equal.
     *
     * @return {@code [1, S, embed width]}, of all tokens with the padding
     */
    public Tensor encode(PaddedIds prompt) {
        long[] ids = prompt.ids();
        config.decoder.requireWithin(ids.length);
        try (var scope = Scope.open("qwen3")) {
            Tensor embeds = decoder.embed(TokenIds.of(ids, config.vocabulary()));
            Tensor mask = prompt.padding() == 0
                    ? null
                    : Tensor.of(
                                    LongStream.range(0, ids.length)
                                            .map(i -> i < prompt.real() ? 1 : 0)
                                            .toArray(),
                                    1,
                                    ids.length)
                            .to(placement.device());
            return scope.keep(decoder.states(embeds, decoder.positions(ids.length), mask, config.after));
        }
    }
}
