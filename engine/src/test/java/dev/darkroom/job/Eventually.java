package dev.darkroom.job;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what other threads, processes and servers do without telling anybody; where there is a signal, tests wait for that. */
public final class Eventually {
    /** Tells what never comes from what is slow; no test takes a part of it for granted. */
    public static final Duration NEVER = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private Eventually() {}

    /** Waits until this is true. */
    public static void await(String what, Callable<Boolean> condition) throws InterruptedException {
        await(() -> what, condition);
    }

    /**
     * Waits until this is true.
     *
     * @param what says what was waited for, when it never came
     */
    public static void await(Supplier<String> what, Callable<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + NEVER.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + NEVER + ": " + what.get());
            }
            Thread.sleep(PAUSE);
        }
    }

    private static boolean holds(Callable<Boolean> condition) throws InterruptedException {
        try {
            return condition.call();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
