package dev.darkroom.animation.curve;

/** Thrown for a text that is no expression; the message says what is wrong, the column where. */
public final class ExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int column;

    ExpressionException(int column, String message) {
        super(message, null, false, false);
        this.column = column;
    }

    /** Where it is, counted from 1 in what the caller wrote. */
    public int column() {
        return column;
    }
}
