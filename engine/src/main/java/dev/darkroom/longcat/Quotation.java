package dev.darkroom.longcat;

import java.util.ArrayList;
import java.util.List;

/**
 * The rule by which the model learned to write: what stands in quotation marks, the marks included, is read character by character. An
 * apostrophe inside a word is no mark.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/system_messages.py} and {@code split_quotation}. Differences: every
 * word with an apostrophe stays itself, where the reference may put one of them in another's place.
 */
public final class Quotation {
    private static final String OPENING = "'\"\u2018\u201c";
    private static final String CLOSING = "'\"\u2019\u201d";

    private Quotation() {}

    /** A part of a prompt, which is not empty. */
    public record Part(String text, boolean quoted) {
        /** Texts that are tokenized one by one. */
        public List<String> pieces() {
            return quoted ? text.codePoints().mapToObj(Character::toString).toList() : List.of(text);
        }
    }

    /** Cuts a prompt into parts, which together are the prompt. */
    public static List<Part> parts(String prompt) {
        boolean[] inWord = apostrophes(prompt);
        List<Part> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < prompt.length()) {
            int end = inWord[at] ? -1 : end(prompt, at, inWord);
            if (end < 0) {
                at++;
                continue;
            }
            add(parts, prompt.substring(from, at), false);
            add(parts, prompt.substring(at, end), true);
            from = end;
            at = end;
        }
        add(parts, prompt.substring(from), false);
        return parts;
    }

    private static void add(List<Part> parts, String text, boolean quoted) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, quoted));
        }
    }

    /** Place behind the mark that closes the one at {@code start}; below 0 if there is none, or the marks do not pair. */
    private static int end(String prompt, int start, boolean[] inWord) {
        int pair = OPENING.indexOf(prompt.charAt(start));
        if (pair < 0) {
            return -1;
        }
        for (int i = start + 1; i < prompt.length(); i++) {
            if (!inWord[i] && prompt.charAt(i) == CLOSING.charAt(pair)) {
                return i + 1;
            }
            if (!inWord[i] && prompt.charAt(i) == OPENING.charAt(pair)) {
                return -1;
            }
        }
        return -1;
    }

    /** Places of apostrophes between letters; of {@code a'b'c} that is the first alone, for its word ends with the b. */
    private static boolean[] apostrophes(String prompt) {
        boolean[] found = new boolean[prompt.length()];
        int free = 0;
        for (int i = 1; i < prompt.length() - 1; i++) {
            if (prompt.charAt(i) == '\''
                    && i > free
                    && isLetter(prompt.charAt(i - 1))
                    && isLetter(prompt.charAt(i + 1))) {
                found[i] = true;
                free = i + 1;
                while (free < prompt.length() && isLetter(prompt.charAt(free))) {
                    free++;
                }
            }
        }
        return found;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
