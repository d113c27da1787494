package dev.darkroom.hub;

/** Thrown when a model cannot be found or downloaded. The message is for who set up the worker: what to do, and no secret. */
public final class HubException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what to do about it. */
    public HubException(String message) {
        super(message);
    }

    /** Creates the exception with what to do about it, and the failure behind it. */
    public HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
