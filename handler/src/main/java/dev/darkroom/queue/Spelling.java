package dev.darkroom.queue;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was meant. */
final class Spelling {
    private Spelling() {}

    /**
     * The known word that is the fewest changed, added or dropped letters away: none if more than two in five would change,
     * unless one word is a part of the other.
     *
     * <p>Source: Levenshtein distance, by rows.
     */
    static Optional<String> nearest(String word, List<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.length() > 64) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> isNear(lower, candidate))
                .min(Comparator.comparingInt(candidate -> distance(lower, candidate)));
    }

    private static boolean isNear(String word, String candidate) {
        boolean part = word.length() >= 4 && (candidate.contains(word) || word.contains(candidate));
        return part || 5 * distance(word, candidate) <= 2 * Math.max(word.length(), candidate.length());
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
