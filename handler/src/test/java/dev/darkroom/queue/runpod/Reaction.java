package dev.darkroom.queue.runpod;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the {@link StandInPlatform} does about a request. */
public sealed interface Reaction {
    /** What a platform does that works. */
    record Usual() implements Reaction {}

    /** An answer. */
    record Reply(int status, String contentType, String body) implements Reaction {}

    /**
     * The head of an answer and the beginning of its body, and the rest once it is wanted.
     *
     * @param sent completed when the beginning is written; if it is larger than what a connection holds, its reader has begun
     */
    record Slow(String beginning, CompletableFuture<Void> sent, CompletionStage<Void> wanted, String rest)
            implements Reaction {}

    /** No answer, ever. */
    record Hang() implements Reaction {}

    /** The connection breaks. */
    record Reset() implements Reaction {}

    /** Something, but later. */
    record Later(Duration delay, Reaction then) implements Reaction {}

    /** Something, but only once this has happened. */
    record When(CompletionStage<Void> happened, Reaction then) implements Reaction {}

    static Reaction usual() {
        return new Usual();
    }

    static Reaction status(int status) {
        return new Reply(status, "text/plain", "");
    }

    static Reaction json(String body) {
        return new Reply(200, "application/json", body);
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

    static Reaction when(CompletionStage<Void> happened, Reaction then) {
        return new When(happened, then);
    }
}
