package dev.darkroom.queue.runpod;

import java.time.Duration;

/** What the {@link StandInPlatform} does about a request. */
public sealed interface Reaction {
    /** What a platform does that works. */
    record Usual() implements Reaction {}

    /** An answer. */
    record Reply(int status, String contentType, String body) implements Reaction {}

    /** The head of an answer and half of its body, and the rest after a pause. */
    record Slow(String body, Duration pause) implements Reaction {}

    /** No answer, ever. */
    record Hang() implements Reaction {}

    /** The connection breaks. */
    record Reset() implements Reaction {}

    /** Something, but later. */
    record Later(Duration delay, Reaction then) implements Reaction {}

    static Reaction usual() {
        return new Usual();
    }

    static Reaction status(int status) {
        return new Reply(status, "text/plain", "");
    }

    static Reaction json(String body) {
        return new Reply(200, "application/json", body);
    }

    static Reaction slow(String body, Duration pause) {
        return new Slow(body, pause);
    }

    static Reaction hang() {
        return new Hang();
    }

    static Reaction reset() {
        return new Reset();
    }

    static Reaction after(Duration delay, Reaction then) {
        return new Later(delay, then);
    }
}
