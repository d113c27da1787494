package dev.darkroom.source;

import dev.darkroom.snapshot.Randomness;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure of a server, or on the way to it, that may be over in a moment. */
final class PassingFault extends Exception {
    private static final long serialVersionUID = 1L;

    /** Longest pause that a server may ask for: one that asks for more is not tried again. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private static final Duration NEVER = Duration.ofDays(365);

    private final Duration retryAfter;

    /** @param retryAfter as the server sent it; only a number of seconds counts */
    PassingFault(String message, @Nullable String retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter != null && retryAfter.matches("\\d{1,6}")
                ? Duration.ofSeconds(Long.parseLong(retryAfter))
                : Duration.ZERO;
    }

    /**
     * Returns the pause before the next try: twice as long after each one, a little different for each of many workers, and at least as
     * long as the server asks.
     *
     * @param tried number of tries so far
     */
    Duration pause(Duration backOff, int tried) {
        if (retryAfter.compareTo(LONGEST_PAUSE) > 0) {
            return NEVER;
        }
        double jitter = Randomness.plain().nextDouble(0.75, 1.25);
        long nanos = (long) (backOff.toNanos() * jitter * Math.pow(2, tried - 1));
        return Duration.ofNanos(Math.max(nanos, retryAfter.toNanos()));
    }
}
