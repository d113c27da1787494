package dev.darkroom.queue.http;

import java.time.Duration;
import java.util.Optional;

/** A call that is not done. The message is meant for the caller. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int status;

    private Refusal(int status, String message) {
        super(message);
        this.status = status;
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, message);
    }

    static Refusal notFound(String id) {
        return new Refusal(404, "there is no job " + id);
    }

    static Refusal conflict(String message) {
        return new Refusal(409, message);
    }

    /** Too much at once: the same call may succeed later. */
    static Refusal full(String message) {
        return new Refusal(429, message);
    }

    /** The worker starts, stops or has no disk. */
    static Refusal unavailable(String message) {
        return new Refusal(503, message);
    }

    int status() {
        return status;
    }

    /** When the call may be worth another try. */
    Optional<Duration> retryAfter() {
        return status == 429 || status == 503 ? Optional.of(Duration.ofSeconds(RETRY_AFTER_SECONDS)) : Optional.empty();
    }
}
