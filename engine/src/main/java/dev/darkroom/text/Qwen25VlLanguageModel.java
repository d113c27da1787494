package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
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
            return decoder().peak(tokens, type);
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

        private DecoderConfig decoder() {
            return new DecoderConfig(
                    vocabulary,
                    width,
                    layers,
                    heads,
                    keyHeads,
                    width / heads,
                    mlpWidth,
                    positions,
                    eps,
                    theta,
                    sections,
                    true,
                    false);
        }
    }

    private final Config config;
    private final Decoder decoder;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Qwen25VlLanguageModel(Config config, Weights w) {
        this.config = config;
        decoder = new Decoder(config.decoder(), new DecoderDepth(config.layers, true), w);
    }

    public Config config() {
        return config;
    }

    /** Looks up the embeds of ids {@code [B, S] → [B, S, D]}, which must be within the vocabulary. */
    public Tensor embed(Tensor ids) {
        return decoder.embed(ids);
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
        return decoder.forward(embeds, positions, mask);
    }
}
