package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * CLIP's tokenizer, a byte-level BPE. A prompt becomes start token, pieces, end token, then padding, usually end tokens again, up to the
 * fixed length; a longer one is cut so that the end token stays.
 *
 * <p>Source: huggingface/transformers, {@code models/clip/tokenization_clip.py}, CLIPTokenizer.
 */
public final class ClipTokenizer {
    /** Names of the classes that read the same files; the last two read any {@code tokenizer.json}. */
    public static final List<String> CLASS_NAMES =
            List.of("CLIPTokenizer", "CLIPTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

    /** The meaning of the keys of {@code tokenizer_config.json}. */
    public static final ConfigKeys KEYS = TokenizerSettings.keys("tokenizer/tokenizer_config.json (FLUX)", CLASS_NAMES)
            .uses("model_max_length")
            .must("padding_side", "right")
            .must("add_prefix_space", false)
            .must("add_bos_token", true)
            .must("add_eos_token", true);

    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";

    /** Lengths from here on mean that none was stated. */
    private static final double NO_LENGTH = 1e6;

    private final SubwordTokenizer tokenizer;
    private final int length;
    private final long start;
    private final long end;
    private final long padding;

    private ClipTokenizer(SubwordTokenizer tokenizer, int length, long start, long end, long padding) {
        this.tokenizer = tokenizer;
        this.length = length;
        this.start = start;
        this.end = end;
        this.padding = padding;
    }

    /**
     * Reads a folder with {@code tokenizer.json}, or with {@code vocab.json} and {@code merges.txt} alone.
     *
     * @param positions most tokens that the text encoder reads
     */
    public static ClipTokenizer read(Path folder, int positions) {
        TokenizerFiles files = TokenizerFiles.clip(folder);
        TokenizerSettings settings = TokenizerSettings.read(folder, KEYS);
        settings.require("bos_token", START);
        settings.require("eos_token", END);
        settings.checkAdded(files);
        double stated = settings.config().number("model_max_length", positions);
        if (stated < 2 || (stated > positions && stated < NO_LENGTH)) {
            throw settings.config()
                    .error(
                            "model_max_length",
                            "must be from 2 to the text encoder's " + positions + " positions, not " + stated);
        }
        try {
            return new ClipTokenizer(
                    new SubwordTokenizer(files),
                    (int) Math.min(stated, positions),
                    files.id(START),
                    files.id(END),
                    files.id(settings.token("pad_token").orElse(END)));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns this tokenizer for a text encoder with this many rows in its table of embeds.
     *
     * @throws CheckpointException if there are tokens beyond it
     */
    public ClipTokenizer within(int rows) {
        tokenizer.requireWithin(rows);
        return this;
    }

    /** Tokenizes a prompt into exactly as many ids as the text encoder has positions. */
    public long[] encode(String prompt) {
        long[] pieces = tokenizer.pieces(prompt);
        long[] ids = new long[length];
        int kept = Math.min(pieces.length, length - 2);
        Arrays.fill(ids, padding);
        ids[0] = start;
        System.arraycopy(pieces, 0, ids, 1, kept);
        ids[1 + kept] = end;
        return ids;
    }
}
