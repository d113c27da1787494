package dev.darkroom.queue.http;

import java.time.Duration;
import java.util.Optional;

/** A call that is not done. The message is meant for the caller. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int status;

    private ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, message);
    }

    public static ApiException notFound(String id) {
        return new ApiException(404, "there is no job " + id);
    }

    public static ApiException conflict(String message) {
        return new ApiException(409, message);
    }

    /** Too much at once: the same call may succeed later. */
    public static ApiException full(String message) {
        return new ApiException(429, message);
    }

    /** The worker starts, stops or has no disk. */
    public static ApiException unavailable(String message) {
        return new ApiException(503, message);
    }

    public int status() {
        return status;
    }

    /** When the call may be worth another try. */
    public Optional<Duration> retryAfter() {
        return status == 429 || status == 503 ? Optional.of(Duration.ofSeconds(RETRY_AFTER_SECONDS)) : Optional.empty();
    }
}
