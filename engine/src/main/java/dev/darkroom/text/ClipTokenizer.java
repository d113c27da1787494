package dev.darkroom.text;

import dev.darkroom.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * CLIP's tokenizer, a byte-level BPE. A prompt becomes start token, pieces, end token, then end tokens up to the fixed length; a longer one
 * is cut so that the end token stays.
 *
 * <p>Source: huggingface/transformers, {@code models/clip/tokenization_clip.py}, CLIPTokenizer.
 */
public final class ClipTokenizer {
    private final SubwordTokenizer tokenizer;
    private final int length;
    private final long start;
    private final long end;

    private ClipTokenizer(SubwordTokenizer tokenizer, int length, long start, long end) {
        this.tokenizer = tokenizer;
        this.length = length;
        this.start = start;
        this.end = end;
    }

    /** Reads a folder with {@code tokenizer.json}, or with {@code vocab.json} and {@code merges.txt} alone. */
    public static ClipTokenizer read(Path folder, int length) {
        var files = TokenizerFiles.clip(folder);
        try {
            return new ClipTokenizer(
                    new SubwordTokenizer(files.json()), length, files.id("<|startoftext|>"), files.id("<|endoftext|>"));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /** Tokenizes a prompt into exactly as many ids as the text encoder has positions. */
    public long[] encode(String prompt) {
        long[] pieces = tokenizer.pieces(prompt);
        long[] ids = new long[length];
        Arrays.fill(ids, end);
        ids[0] = start;
        System.arraycopy(pieces, 0, ids, 1, Math.min(pieces.length, length - 2));
        return ids;
    }
}
