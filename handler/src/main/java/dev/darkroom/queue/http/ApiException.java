package dev.darkroom.queue.http;

import java.time.Duration;
import java.util.Optional;

/** A call that is answered with an HTTP error. The message is meant for the caller. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final int RETRY_AFTER_SECONDS = 5;

    private final int status;
    private final boolean ofJob;

    public ApiException(int status, String message) {
        this(status, message, false);
    }

    private ApiException(int status, String message, boolean ofJob) {
        super(message);
        this.status = status;
        this.ofJob = ofJob;
    }

    /** Makes the error for a job that is faulty; the message may quote it. */
    public static ApiException badJob(String message) {
        return ofJob(400, message);
    }

    /** Makes the error for a job that is not accepted or has no result; the message may quote it. */
    public static ApiException ofJob(int status, String message) {
        return new ApiException(status, message, true);
    }

    /** Returns true if the message may quote what a job brings. */
    boolean isOfJob() {
        return ofJob;
    }

    /** Makes the error for a request that is none. */
    public static ApiException badRequest(String message) {
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
