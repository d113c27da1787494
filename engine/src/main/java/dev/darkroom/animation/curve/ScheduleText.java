package dev.darkroom.animation.curve;

import java.util.ArrayList;
import java.util.List;

/**
 * A schedule as it is written, cut into its keys and their values.
 *
 * <p>Commas within parentheses or quotation marks cut nothing, so that functions can have several arguments, which the webui extension
 * cannot read; where these are not in pairs, every comma cuts, as it does there.
 *
 * @param text such as {@code 0:(1), "max_f-1":(sin(t))}
 */
record ScheduleText(String text) {
    static final int LONGEST = 200_000;
    static final int MOST_KEYS = 10_000;

    /**
     * Cuts it. Empty pieces, as after a last comma, are none.
     *
     * @throws ExpressionException if it is too long, has too many keys or none, or a piece has no value
     */
    List<Piece> pieces() throws ExpressionException {
        if (text.length() > LONGEST) {
            throw new ExpressionException(1, "a schedule has at most " + LONGEST + " characters, not " + text.length());
        }
        List<Piece> pieces = new ArrayList<>();
        boolean isPaired = isPaired();
        for (int start = 0; start <= text.length(); ) {
            int end = end(start, isPaired);
            if (!text.substring(start, end).isBlank()) {
                pieces.add(piece(start, end));
            }
            start = end + 1;
        }
        if (pieces.isEmpty() || pieces.size() > MOST_KEYS) {
            throw new ExpressionException(
                    1, "a schedule has 1 to " + MOST_KEYS + " keys, as in 0:(1), 30:(2), not " + pieces.size());
        }
        return pieces;
    }

    private Piece piece(int start, int end) throws ExpressionException {
        int colon = text.indexOf(':', start);
        if (colon < 0 || colon >= end) {
            throw new ExpressionException(
                    blanks(start, end) + 1, "a frame, a colon and a value are expected, as in 0:(1.5)");
        }
        int value = blanks(colon + 1, end);
        return new Piece(
                text.substring(start, colon).strip(),
                blanks(start, colon) + 1,
                text.substring(value, end).strip(),
                value + 1);
    }

    /** Returns the first place from {@code at} on that is no blank. */
    private int blanks(int at, int end) {
        int place = at;
        while (place < end && Character.isWhitespace(text.charAt(place))) {
            place++;
        }
        return place;
    }

    private boolean isPaired() {
        var nesting = new Nesting();
        text.chars().forEach(nesting::enter);
        return nesting.isOutside() && !nesting.wasBelow;
    }

    /** Returns the place of the comma that ends a piece, or the text's end. */
    private int end(int start, boolean isPaired) {
        var nesting = new Nesting();
        for (int at = start; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == ',' && (!isPaired || nesting.isOutside())) {
                return at;
            }
            nesting.enter(next);
        }
        return text.length();
    }

    /** How deep in parentheses a place is, and in which quotation marks. */
    private static final class Nesting {
        private int depth;
        private int quote;
        private boolean wasBelow;

        void enter(int character) {
            if (quote != 0) {
                quote = character == quote ? 0 : quote;
            } else if (character == '"' || character == '\'') {
                quote = character;
            } else if (character == '(') {
                depth++;
            } else if (character == ')') {
                depth--;
                wasBelow |= depth < 0;
            }
        }

        boolean isOutside() {
            return depth == 0 && quote == 0;
        }
    }
}
