package dev.darkroom.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.darkroom.weights.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/**
 * The tokenizer of a {@code tokenizer.json}, without its special tokens, padding and truncation, which each text encoder adds in its own
 * way.
 */
final class SubwordTokenizer {
    private static final Map<String, String> PIECES_ONLY =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;

    /**
     * Hands a tokenizer to the library.
     *
     * @param json the content of a {@code tokenizer.json}
     */
    SubwordTokenizer(byte[] json) throws IOException {
        tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), PIECES_ONLY);
    }

    /** Splits a text into pieces and returns their ids. Half of a surrogate pair, which is no character, is read as U+FFFD. */
    long[] pieces(String text) {
        try {
            return tokenizer.encode(wellFormed(text), false, false).getIds();
        } catch (RuntimeException e) {
            throw new CheckpointException("the checkpoint's tokenizer cannot read a text: " + e.getMessage(), e);
        }
    }

    private static String wellFormed(String text) {
        var result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }
}
