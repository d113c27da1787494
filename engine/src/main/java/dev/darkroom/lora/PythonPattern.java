package dev.darkroom.lora;

import dev.darkroom.checkpoint.PatternCost;
import dev.darkroom.job.Faults;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A key of PEFT's {@code rank_pattern} or {@code alpha_pattern}: a regular expression of Python's, matched with a module's name from its
 * beginning, or from behind any dot, to its end.
 *
 * <p>Source: huggingface/peft, {@code utils/other.py}, get_pattern_key.
 */
record PythonPattern(String key, Pattern pattern) {
    /** Steps that matching may still take, of all patterns of a file together: some expressions backtrack exponentially. */
    static final class Steps {
        private long left = 400_000_000;

        private void take() {
            if (--left < 0) {
                throw new TooManySteps();
            }
        }
    }

    /**
     * Compiles a key.
     *
     * @throws IllegalArgumentException that says why, if the key cannot be read
     */
    static PythonPattern of(String key) {
        PatternCost.check(key);
        try {
            return new PythonPattern(key, Pattern.compile("(.*\\.)?(" + translated(key) + ")$"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("is no regular expression that can be read: " + e.getDescription(), e);
        }
    }

    /**
     * Returns true if the pattern matches a module's name.
     *
     * @throws IllegalArgumentException if that takes too many steps to find out
     */
    boolean matches(String module, Steps steps) {
        try {
            return pattern.matcher(new Bounded(module, steps)).lookingAt();
        } catch (TooManySteps e) {
            throw new IllegalArgumentException(Faults.quoted((Object) key) + " takes too long to match", e);
        }
    }

    /** Writes an expression of Python's as Java reads it: named groups, literal braces, and brackets within a class. */
    private static String translated(String python) {
        var java = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < python.length(); i++) {
            char c = python.charAt(i);
            if (c == '\\' && i + 1 < python.length()) {
                java.append(c).append(python.charAt(++i));
            } else if (inClass) {
                java.append(c == '[' || c == '&' ? "\\" + c : String.valueOf(c));
                inClass = c != ']';
            } else if (c == '[') {
                int literal = i + 1 + (python.startsWith("[^", i) ? 1 : 0);
                java.append(python, i, Math.min(literal, python.length()));
                i = literal - 1;
                if (literal < python.length() && python.charAt(literal) == ']') {
                    java.append("\\]");
                    i = literal;
                }
                inClass = true;
            } else if (python.startsWith("(?P<", i) && python.indexOf('>', i) > 0) {
                int end = python.indexOf('>', i);
                java.append("(?<").append(group(python.substring(i + 4, end))).append('>');
                i = end;
            } else if (python.startsWith("(?P=", i) && python.indexOf(')', i) > 0) {
                int end = python.indexOf(')', i);
                java.append("\\k<").append(group(python.substring(i + 4, end))).append('>');
                i = end;
            } else if (c == '{') {
                Matcher count = PatternCost.COUNT.matcher(python).region(i, python.length());
                if (!count.lookingAt()) {
                    java.append("\\{");
                } else if (count.group().equals("{,}")) {
                    java.append('*');
                    i = count.end() - 1;
                } else {
                    java.append(count.group(1).isEmpty() ? "{0" : "{");
                }
            } else {
                java.append(c);
            }
        }
        return java.toString();
    }

    /** Names a group as Java allows: letters and digits alone, so that an underscore becomes two of these. */
    private static String group(String name) {
        return "g" + name.replace("Z", "Zz").replace("_", "Zu");
    }

    /** A text whose every letter that is looked at is a step. */
    private record Bounded(CharSequence text, Steps steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.take();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super("too many steps", null, false, false);
        }
    }
}
