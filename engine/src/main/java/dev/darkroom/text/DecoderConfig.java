package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.job.JobException;
import dev.darkroom.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;

/**
 * What language models that are text encoders differ in, of which {@link Decoder} is one for all.
 *
 * @param layers all that the checkpoint has
 * @param keyHeads heads of key and value; each serves several query heads
 * @param headWidth need not be {@code width / heads}
 * @param positions longest sequence
 * @param sections numbers of angles of a head that turn with each axis of the positions; one number where there is one axis
 * @param biased whether queries, keys and values have a bias
 * @param normed whether every head of queries and keys has an RMS norm
 */
record DecoderConfig(
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
    static DecoderConfig read(ConfigFile file, IntBinaryOperator headWidth, boolean normed) {
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
        return new DecoderConfig(
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
                        "num_hidden_layers", layers + " do not fit the states that are taken, of the layers " + after);
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
            throw JobException.badInput("prompt: makes " + tokens + " tokens, at most " + positions + " are possible");
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
