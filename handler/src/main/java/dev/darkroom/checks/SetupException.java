package dev.darkroom.checks;

import dev.darkroom.job.Reason;

/** Thrown when the worker cannot start; the message names the check and why it failed. */
public final class SetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String check;

    /** Creates the exception of a check that failed; its message is that of the cause, after the name of the check. */
    public SetupException(String check, Throwable cause) {
        super(check + ": " + reason(cause), cause);
        this.check = check;
    }

    /** The name of the check that failed. */
    public String check() {
        return check;
    }

    /** Finds the reason; an error that wraps a failure while a class is initialised says nothing itself. */
    private static String reason(Throwable error) {
        Throwable root = error;
        while (root instanceof ExceptionInInitializerError && root.getCause() != null) {
            root = root.getCause();
        }
        return Reason.of(root);
    }
}
