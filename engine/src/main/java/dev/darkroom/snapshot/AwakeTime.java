package dev.darkroom.snapshot;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Finds by the clocks that a process was frozen or restored, and counts only the time in which it was awake. A thread looks every second;
 * who is about to blame somebody for being slow looks first. Safe for several threads.
 */
final class AwakeTime {
    /** A busy machine keeps a thread waiting for less. */
    static final Duration LEAST = Duration.ofSeconds(5);

    private final LongSupplier monotonic;
    private final InstantSource wall;
    private final Consumer<Wake> wakes;
    private long lastNanos;
    private long lastMillis;
    private long sleptNanos;
    private Duration passed = Duration.ZERO;

    /** @param monotonic nanoseconds, as {@link System#nanoTime} */
    AwakeTime(LongSupplier monotonic, InstantSource wall, Consumer<Wake> wakes) {
        this.monotonic = monotonic;
        this.wall = wall;
        this.wakes = wakes;
        this.lastNanos = monotonic.getAsLong();
        this.lastMillis = wall.millis();
    }

    /** Looks at the clocks; returns when all that is to be done after a sleep was done. To be called every second. */
    synchronized void look() {
        Wake wake = since(Wake.Cause.CLOCKS);
        boolean jumped = wake.wall().minus(passed).abs().compareTo(LEAST) > 0;
        if (!wake.slept().isZero() || jumped) {
            wakes.accept(wake);
        }
    }

    /** Has all done again although the clocks may say nothing, as where a snapshot is restored at once. */
    synchronized void wake(Wake.Cause cause) {
        wakes.accept(since(cause));
    }

    /** Returns what the clocks say of the time since they were looked at, and counts it. */
    private Wake since(Wake.Cause cause) {
        long nanos = monotonic.getAsLong();
        long millis = wall.millis();
        passed = Duration.ofNanos(nanos - lastNanos);
        Duration moved = Duration.ofMillis(millis - lastMillis);
        lastNanos = nanos;
        lastMillis = millis;
        Duration slept = passed.compareTo(LEAST) > 0 ? passed : Duration.ZERO;
        sleptNanos += slept.toNanos();
        return new Wake(cause, slept, moved);
    }

    /** Returns nanoseconds like {@link System#nanoTime}, without those in which the process slept. */
    synchronized long nanos() {
        look();
        return monotonic.getAsLong() - sleptNanos;
    }
}
