package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * T5's tokenizer, a unigram model. A prompt becomes pieces and the end token, then padding; a longer one is cut so that the end token
 * stays.
 *
 * <p>Source: huggingface/transformers, {@code models/t5/tokenization_t5.py}, T5Tokenizer.
 */
public final class T5Tokenizer {
    /** Names of the classes that read the same files; the last two read any {@code tokenizer.json}. */
    public static final List<String> CLASS_NAMES =
            List.of("T5Tokenizer", "T5TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

    /** The meaning of the keys of {@code tokenizer_config.json}. */
    public static final ConfigKeys KEYS = TokenizerSettings.keys(
                    "tokenizer_2/tokenizer_config.json (FLUX)", CLASS_NAMES)
            .must("padding_side", "right")
            .must("add_eos_token", true)
            .must("add_bos_token", false)
            .ignores("the pipelines state it themselves", "model_max_length")
            .ignores("tokenizer.json counts", "add_prefix_space");

    private final SubwordTokenizer tokenizer;
    private final long end;
    private final long padding;

    private T5Tokenizer(SubwordTokenizer tokenizer, long end, long padding) {
        this.tokenizer = tokenizer;
        this.end = end;
        this.padding = padding;
    }

    /** Reads the {@code tokenizer.json} of a folder. */
    public static T5Tokenizer read(Path folder) {
        TokenizerFiles files = TokenizerFiles.t5(folder);
        TokenizerSettings settings = TokenizerSettings.read(folder, KEYS);
        settings.checkAdded(files);
        try {
            return new T5Tokenizer(
                    new SubwordTokenizer(files),
                    files.id(settings.token("eos_token").orElse("</s>")),
                    files.id(settings.token("pad_token").orElse("<pad>")));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns this tokenizer for a text encoder with this many rows in its table of embeds.
     *
     * @throws CheckpointException if there are tokens beyond it
     */
    public T5Tokenizer within(int rows) {
        tokenizer.requireWithin(rows);
        return this;
    }

    /** Tokenizes a prompt into exactly {@code length} ids. */
    public long[] encode(String prompt, int length) {
        long[] pieces = tokenizer.pieces(prompt);
        int kept = Math.min(pieces.length, length - 1);
        long[] ids = new long[length];
        System.arraycopy(pieces, 0, ids, 0, kept);
        Arrays.fill(ids, kept, length, padding);
        ids[kept] = end;
        return ids;
    }

    /** Number of ids that a prompt needs, the end token included. */
    public int lengthOf(String prompt) {
        return tokenizer.pieces(prompt).length + 1;
    }
}
