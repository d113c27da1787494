package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The language model of Mistral Small 3 as the text encoder of FLUX.2-dev: a prompt's embeds are the states after three of its layers. What
 * follows them is neither loaded nor computed, nor are its vision tower and its {@code lm_head}.
 *
 * <p>Source: huggingface/transformers, {@code models/mistral3/modeling_mistral3.py}, Mistral3ForConditionalGeneration, and
 * huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2.py}, {@code _get_mistral_3_small_prompt_embeds}.
 */
public final class MistralEncoder {
    private static final Pattern PICTURES = Pattern.compile("(model\\.)?(vision_tower|multi_modal_projector)\\..*");

    /**
     * Fields of {@code text_config} of {@code text_encoder/config.json}, and the layers that are taken.
     *
     * @param after numbers of layers, counted from 1, in ascending order
     */
    public record Config(DecoderConfig decoder, List<Integer> after) {
        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of("text_encoder/config.json (FLUX.2-dev)")
                .uses("text_config")
                .must("architectures", "Mistral3ForConditionalGeneration", "Mistral3Model")
                .must("model_type", "mistral3")
                .ignores("no word is predicted", "tie_word_embeddings", "eos_token_id")
                .ignores(
                        "the text encoder sees no pictures",
                        "vision_config",
                        "vision_feature_layer",
                        "image_token_id",
                        "image_token_index",
                        "multimodal_projector_bias",
                        "projector_hidden_act",
                        "spatial_merge_size");

        /** The meaning of the keys of its {@code text_config}. */
        public static final ConfigKeys TEXT_KEYS = TransformersKeys.of(
                        "text_config of text_encoder/config.json (FLUX.2-dev)")
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
                        "rope_parameters",
                        "sliding_window")
                .must("architectures", "MistralForCausalLM", "MistralModel")
                .must("model_type", "mistral")
                .must("hidden_act", "silu")
                .must("attention_bias", false)
                .must("layer_types", "full_attention")
                .ignores("no word is predicted", "tie_word_embeddings", "eos_token_id");

        /** The meaning of the keys of its {@code rope_scaling}, and of Qwen3's, which newer libraries call {@code rope_parameters}. */
        public static final ConfigKeys ROPE_KEYS = DecoderConfig.ROPE_KEYS;

        /**
         * Reads {@code config.json} of a checkpoint's {@code text_encoder/}.
         *
         * @param after the layers that are taken the states of, counted from 1, in ascending order
         */
        public static Config read(Path folder, List<Integer> after) {
            return read(ConfigFile.read(folder.resolve("config.json")), after);
        }

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config, List<Integer> after) {
            ConfigFile text = config.within(KEYS).at("text_config").within(TEXT_KEYS);
            if (text.has("sliding_window")) {
                throw text.error("sliding_window", "is not supported: every token sees all before it");
            }
            DecoderConfig decoder = DecoderConfig.read(text, (width, heads) -> width / heads, false);
            return new Config(decoder, decoder.ascending(text, after));
        }

        /** Size of the vocabulary, which the tokenizer's ids must be within. */
        public int vocabulary() {
            return decoder.vocabulary();
        }

        /** What is known of its layers by their names. */
        public LayerNames names() {
            return LayerNames.called(new MistralNames())
                    .without(PICTURES.asMatchPredicate())
                    .without(DecoderDepth.upTo(after)::isIdle);
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

    /** Reads the weights below {@code w}, by any of the names that libraries have given them. */
    public MistralEncoder(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        w.ignore("lm_head", "language_model.lm_head"); // no word is predicted
        w.ignore("vision_tower", "model.vision_tower", "multi_modal_projector", "model.multi_modal_projector");
        w.ignore("tekken_model"); // a tokenizer, which some files have among their tensors
        decoder = new Decoder(config.decoder, DecoderDepth.upTo(config.after), language(w));
    }

    /** Finds the language model in files of older and newer libraries, and in those of the language model alone. */
    private static Weights language(Weights w) {
        Weights language = w.at("model"); // what its layers are called, whatever they are called in the files
        return Stream.of(w.at("language_model.model"), w.at("model.language_model"), language, w)
                .filter(place -> place.has("embed_tokens"))
                .findFirst()
                .map(language::storedAt)
                .orElse(language);
    }

    public Config config() {
        return config;
    }

    /** Device and element type in which the encoder computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes the prompt embeds of one prompt that is padded in front. Padding sees nothing, and nothing sees it; so all of its rows are
     * equal, and one of them is computed. They are no zeros, and the transformer sees them.
     *
     * @return {@code [1, S, embed width]}, of all tokens with the padding
     */
    public Tensor encode(PaddedIds prompt) {
        long[] ids = prompt.ids();
        config.decoder.requireWithin(ids.length);
        int padding = prompt.padding();
        int blind = Math.min(padding, 1);
        long[] computed = LongStream.of(ids).skip(padding - blind).toArray();
        try (var scope = Scope.open("mistral")) {
            Tensor embeds = decoder.embed(TokenIds.of(computed, config.vocabulary()));
            Tensor states = decoder.states(embeds, decoder.positions(prompt.real()), null, config.after, blind);
            return scope.keep(padding <= 1 ? states : repeatingTheFirst(states, padding));
        }
    }

    /** Repeats the first row of {@code [1, n, D]} until there are so many of it. */
    private Tensor repeatingTheFirst(Tensor states, int times) {
        long[] rows = LongStream.concat(LongStream.generate(() -> 0).limit(times), LongStream.range(1, states.size(1)))
                .toArray();
        Tensor index = Tensor.of(rows, rows.length).to(placement.device());
        return Operators.selectRows(states.reshape(states.size(1), states.size(2)), index)
                .reshape(1, rows.length, states.size(2));
    }
}
