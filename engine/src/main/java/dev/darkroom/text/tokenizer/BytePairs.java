package dev.darkroom.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The merges of a BPE tokenizer: each joins two tokens of its vocabulary to a third. A file that was cut off, or that belongs to another
 * vocabulary, is still valid in form, and would split every prompt into other tokens; so each token is looked up among the merges.
 */
final class BytePairs {
    private static final String WORD_END = "</w>";
    private static final int SHOWN = 3;

    private BytePairs() {}

    /**
     * Checks that merges and vocabulary belong together.
     *
     * @param file holds the merges, for errors
     * @param merges each a text with a space in it, or a pair of texts
     * @param vocabulary all tokens of the model
     * @param special tokens that need no merge
     * @throws CheckpointException if a merge joins what is no token, or a token is made by no merge
     */
    static void check(Object file, Iterable<JsonNode> merges, Set<String> vocabulary, Set<String> special) {
        Set<String> made = new HashSet<>();
        for (JsonNode merge : merges) {
            List<String> parts = parts(merge);
            if (parts.size() != 2) {
                throw new CheckpointException(
                        file + ": a merge joins two tokens, which '" + shown(merge) + "' does not");
            }
            String whole = parts.get(0) + parts.get(1);
            for (String token : List.of(parts.get(0), parts.get(1), whole)) {
                if (!vocabulary.contains(token)) {
                    throw new CheckpointException(file + " does not belong to its vocabulary: the merge '"
                            + shown(merge) + "' needs " + token + ", which is no token");
                }
            }
            made.add(whole);
        }
        List<String> unmade = vocabulary.stream()
                .filter(token -> !made.contains(token) && !isLetter(token) && !special.contains(token))
                .sorted()
                .toList();
        if (!unmade.isEmpty()) {
            throw new CheckpointException(file + " is cut off, or does not belong to its vocabulary: "
                    + unmade.size() + " of " + vocabulary.size() + " tokens are made by no merge, such as "
                    + String.join(", ", unmade.subList(0, Math.min(SHOWN, unmade.size()))));
        }
    }

    private static List<String> parts(JsonNode merge) {
        if (merge.isTextual()) {
            return List.of(merge.textValue().split(" ", -1));
        }
        List<String> parts = new ArrayList<>();
        merge.forEach(part -> parts.add(part.asText()));
        return parts;
    }

    /** Returns true for a single character, which merges start from, also at the end of a word. */
    private static boolean isLetter(String token) {
        String letter = token.endsWith(WORD_END) && token.length() > WORD_END.length()
                ? token.substring(0, token.length() - WORD_END.length())
                : token;
        return letter.codePointCount(0, letter.length()) == 1;
    }

    private static String shown(JsonNode merge) {
        String text = merge.isTextual() ? merge.textValue() : merge.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
