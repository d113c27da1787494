package dev.darkroom.hub;

/** A model cannot be had. The message is meant for who set up the worker: it says what to do, and holds no secret. */
public final class HubException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HubException(String message) {
        super(message);
    }

    public HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
