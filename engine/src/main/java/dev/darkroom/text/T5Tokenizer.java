package dev.darkroom.text;

import dev.darkroom.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * T5's tokenizer, a unigram model. A prompt becomes pieces and the end token, padded with zeros; a longer one is cut so that the end token
 * stays.
 *
 * <p>Source: huggingface/transformers, {@code models/t5/tokenization_t5.py}, T5Tokenizer.
 */
public final class T5Tokenizer {
    private static final long END = 1;

    private final SubwordTokenizer tokenizer;

    private T5Tokenizer(SubwordTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Reads the {@code tokenizer.json} of a folder. */
    public static T5Tokenizer read(Path folder) {
        try {
            return new T5Tokenizer(
                    new SubwordTokenizer(TokenizerFiles.read(folder).json()));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /** Tokenizes a prompt into exactly {@code length} ids. */
    public long[] encode(String prompt, int length) {
        long[] pieces = tokenizer.pieces(prompt);
        int kept = Math.min(pieces.length, length - 1);
        long[] ids = new long[length];
        System.arraycopy(pieces, 0, ids, 0, kept);
        ids[kept] = END;
        return ids;
    }

    /** Number of ids that a prompt needs, the end token included. */
    public int lengthOf(String prompt) {
        return tokenizer.pieces(prompt).length + 1;
    }
}
