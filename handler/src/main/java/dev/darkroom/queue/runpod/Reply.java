package dev.darkroom.queue.runpod;

import io.vertx.core.buffer.Buffer;

/** The outcome of a request to the platform. */
sealed interface Reply {
    /** The platform answered. */
    record Answered(int status, Buffer body) implements Reply {}

    /**
     * No answer came.
     *
     * @param timedOut true if the platform let the time pass, as it may in a long poll
     * @param reason for the log: holds no address
     */
    record Failed(boolean timedOut, String reason) implements Reply {}

    /** Describes the outcome for the log. */
    default String summary() {
        return switch (this) {
            case Answered answered -> "status " + answered.status();
            case Failed failed -> failed.reason();
        };
    }

    default boolean isSuccess() {
        return this instanceof Answered answered && answered.status() / 100 == 2;
    }

    /** Returns true if the same request may succeed later. */
    default boolean isTransient() {
        return switch (this) {
            case Answered answered -> answered.status() >= 500 || answered.status() == 408 || answered.status() == 429;
            case Failed ignored -> true;
        };
    }
}
