package dev.darkroom.checkpoint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the number of ways in which a regular expression from a file can be tried. Java tries all of them before it gives up, and ways
 * that read no letter, as in {@code (|)(|)(?!)}, cannot be counted while it does.
 */
public final class PatternCost {
    /** A counted repetition, of Java's and of Python's: from, and to after a comma; without a number and a comma it is no repetition. */
    public static final Pattern COUNT = Pattern.compile("\\{(?!})(\\d*)(,(\\d*))?}");

    /** Letters that braces behind belong to, such as {@code \p{L}}. */
    private static final String WITH_BRACES = "pPxoNu";

    private static final int LONGEST = 2_000;
    private static final int LONGEST_COUNT = 6;
    private static final double MOST_BITS = 20;

    /** More is as good as without end, and its power of two is still a number. */
    private static final double ALL_BITS = 1_000;

    private final String expression;
    private int at;

    private PatternCost(String expression) {
        this.expression = expression;
    }

    /**
     * Checks an expression before it is compiled.
     *
     * @throws IllegalArgumentException that says why, if it is too long, or may be tried in more than about a million ways
     */
    public static void check(String expression) {
        if (expression.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "is a pattern of " + expression.length() + " characters: at most " + LONGEST + " are read");
        }
        var cost = new PatternCost(expression);
        double bits = 0;
        while (cost.at < expression.length()) {
            bits += cost.alternatives();
            cost.at++; // a bracket too many: the compiler says so
        }
        if (bits > MOST_BITS) {
            throw new IllegalArgumentException(
                    "repeats too much: its alternatives and repetitions together make more than a million ways to try it");
        }
    }

    /** Reads alternatives up to the end of their group, and returns the logarithm of the number of ways through them. */
    private double alternatives() {
        double ways = 0;
        double bits = 0;
        while (at < expression.length() && expression.charAt(at) != ')') {
            if (expression.charAt(at) == '|') {
                at++;
                ways += Math.pow(2, bits);
                bits = 0;
            } else {
                bits = Math.min(ALL_BITS, bits + repeated(piece()));
            }
        }
        return Math.min(ALL_BITS, Math.log(ways + Math.pow(2, bits)) / Math.log(2));
    }

    /** Reads a group, a class, or a letter. */
    private double piece() {
        char first = expression.charAt(at++);
        if (first == '(') {
            at += expression.startsWith("?", at) ? 1 : 0; // what kind of group it is
            double bits = alternatives();
            at++;
            return bits;
        }
        if (first == '\\' && at < expression.length()) {
            char escaped = expression.charAt(at++);
            if (WITH_BRACES.indexOf(escaped) >= 0 && expression.startsWith("{", at)) {
                skipTo('}');
            }
        } else if (first == '[') {
            at += expression.startsWith("^", at) ? 1 : 0;
            at += expression.startsWith("]", at) ? 1 : 0;
            skipTo(']');
        }
        return 0;
    }

    private void skipTo(char end) {
        while (at < expression.length() && expression.charAt(at) != end) {
            at += expression.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    /** Reads the repetitions of a piece; each may be taken or left. */
    private double repeated(double piece) {
        double bits = piece;
        boolean repeats = false;
        while (at < expression.length()) {
            char c = expression.charAt(at);
            Matcher count = COUNT.matcher(expression).region(at, expression.length());
            if (c == '*' || c == '?' || c == '+') {
                bits += repeats && c != '*' ? 0 : 1; // behind another one they say how greedy it is
                at++;
            } else if (c == '{' && count.lookingAt()) {
                long times = Math.max(number(count.group(1)), number(count.group(3)));
                bits = Math.max(times * bits, Math.log(times + 1.0) / Math.log(2)) + 1;
                at = count.end();
            } else {
                break;
            }
            repeats = true;
        }
        return Math.min(ALL_BITS, bits);
    }

    private static long number(@Nullable String digits) {
        if (digits == null || digits.isEmpty()) {
            return 1;
        }
        return digits.length() > LONGEST_COUNT ? Integer.MAX_VALUE : Long.parseLong(digits);
    }
}
