package dev.darkroom.text.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.darkroom.checkpoint.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The tokenizer of a {@code tokenizer.json}, without its special tokens, padding and truncation, which each text encoder adds in its own
 * way.
 */
final class SubwordTokenizer {
    private static final Map<String, String> PIECES_ONLY =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;
    private final Path folder;
    private final long largestId;

    /** Hands a tokenizer to the library. */
    SubwordTokenizer(TokenizerFiles files) throws IOException {
        tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.json()), PIECES_ONLY);
        folder = files.folder();
        largestId =
                files.ids().values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /**
     * Checks that a table of embeds has a row for each token.
     *
     * @param rows count of the table's rows
     * @throws CheckpointException if it has not
     */
    void requireWithin(int rows) {
        if (largestId >= rows) {
            throw new CheckpointException(folder + " has tokens up to id " + largestId
                    + ", but the text encoder has a vocab_size of " + rows);
        }
    }

    /**
     * Checks that a special token is one piece with the id that its file states: where ids leave gaps, the library numbers special tokens
     * by itself, and every later one would be wrong.
     */
    void requireOnePiece(String token, long id) {
        long[] pieces = pieces(token);
        if (pieces.length != 1 || pieces[0] != id) {
            throw new CheckpointException(token + " has id " + id + " but is read as " + Arrays.toString(pieces));
        }
    }

    /** Splits a text into pieces and returns their ids. Half of a surrogate pair, which is no character, is read as U+FFFD. */
    long[] pieces(String text) {
        try {
            return tokenizer.encode(wellFormed(text), false, false).getIds();
        } catch (RuntimeException e) {
            throw new CheckpointException("the tokenizer of " + folder + " cannot read a text: " + e.getMessage(), e);
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
