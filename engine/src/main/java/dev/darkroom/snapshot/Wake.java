package dev.darkroom.snapshot;

import java.time.Duration;

/**
 * A moment at which this process finds that it was not there for a while.
 *
 * @param cause what told it
 * @param slept time by the monotonic clock in which no thread ran; zero where that is not known
 * @param wall how far the wall clock has moved in that time; negative if it was set back
 */
public record Wake(Cause cause, Duration slept, Duration wall) {
    /** What told the process. */
    public enum Cause {
        /** The clocks: nobody ran for seconds, or the wall clock has jumped. It is the same process, and its connections may live. */
        CLOCKS(false),
        /** A signal of whoever has restored it, maybe as one of several copies. */
        SIGNAL(true),
        /** The JVM, which has restored itself from a checkpoint. */
        CHECKPOINT(true);

        private final boolean copied;

        Cause(boolean copied) {
            this.copied = copied;
        }
    }

    /** Returns true if other copies of this process may run: what was its own alone may be theirs now. */
    public boolean mayBeCopy() {
        return cause.copied;
    }

    /** Returns a line for the log. */
    @Override
    public String toString() {
        return switch (cause) {
            case CLOCKS ->
                "this process was not there for " + seconds(slept) + " (" + seconds(wall) + " by the wall clock)";
            case SIGNAL -> "this process was restored, says a signal";
            case CHECKPOINT -> "this process was restored from a checkpoint";
        };
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1_000.0 + " s";
    }
}
