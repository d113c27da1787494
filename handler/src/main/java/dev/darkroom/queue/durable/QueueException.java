package dev.darkroom.queue.durable;

import dev.darkroom.job.Faults;

/** A call that the queue does not carry out. The message is meant for the caller. */
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Kinds of reasons not to carry out a call. */
    public enum Kind {
        /** There is no such job, or it is forgotten. */
        NOT_FOUND,
        /** The job's state does not allow it. */
        CONFLICT,
        /** The same key came with another body before. */
        MISMATCH,
        /** Too much waits already: the same call may succeed later. */
        FULL,
        /** The worker starts, stops or cannot write to its disk: the same call may succeed later. */
        UNAVAILABLE
    }

    private final Kind kind;

    QueueException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static QueueException notFound(String id) {
        return new QueueException(Kind.NOT_FOUND, "there is no job " + id);
    }

    static QueueException otherBody(String key) {
        return new QueueException(
                Kind.MISMATCH,
                IdempotencyKey.HEADER + ": " + Faults.quoted((Object) key)
                        + " came with another body before: send that body, or a new key");
    }

    /** Returns the kind of the reason. */
    public Kind kind() {
        return kind;
    }
}
