package dev.darkroom.queue.http;

import java.time.Duration;
import java.util.Optional;

/** A call that is answered with an HTTP error. The message is meant for the caller. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, message);
    }

    /** Returns the HTTP status of the answer. */
    int status() {
        return status;
    }

    /** Returns the time after which the same call may succeed; empty if it never will. */
    Optional<Duration> retryAfter() {
        return status == 429 || status == 503 ? Optional.of(Duration.ofSeconds(RETRY_AFTER_SECONDS)) : Optional.empty();
    }
}
