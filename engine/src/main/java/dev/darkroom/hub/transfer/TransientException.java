package dev.darkroom.hub.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Thrown when a request failed in a way that can pass. */
final class TransientException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> retryAfter;

    TransientException(String message, Optional<Duration> retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** The pause after which the server wants to be asked again, if it named one. */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
