package dev.darkroom.checks;

/** The worker cannot start; the message names the check and why it failed. */
public final class SetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SetupException(String check, Throwable cause) {
        super(check + ": " + cause.getMessage(), cause);
    }
}
