package dev.darkroom.net;

/**
 * Thrown for a text that is no address which this worker calls. The message is a rule that goes behind the name of the field, such as {@code must be a URL
 * with a host}.
 */
public final class AddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final boolean malformed;

    AddressException(String rule) {
        this(rule, false);
    }

    AddressException(String rule, boolean malformed) {
        super(rule);
        this.malformed = malformed;
    }

    /** Returns true if the text is no address at all, rather than one that is not wanted. */
    public boolean isMalformed() {
        return malformed;
    }

    /** Returns the rule that the text breaks. */
    public String rule() {
        return String.valueOf(getMessage());
    }
}
