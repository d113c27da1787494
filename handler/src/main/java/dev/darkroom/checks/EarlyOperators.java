package dev.darkroom.checks;

import dev.darkroom.tensor.Operators;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Loads libtorch and compiles its operators on a thread beside the framework's start: each takes a third of a second, and neither needs the
 * other. A failure shows where the operators are first wanted, in the same words as without this.
 */
public final class EarlyOperators {
    /** Longest wait of a process that ends for a library that is being loaded: to end in the middle of that could be a crash. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static @Nullable EarlyOperators ofProcess;

    private final FutureTask<Object> loading;
    private volatile long milliseconds;

    private EarlyOperators(Callable<?> load) {
        loading = new FutureTask<>(() -> timed(load));
    }

    /** Begins to load in this process; returns at once. To be called when it is certain that the operators are wanted. */
    public static synchronized void begin() {
        if (ofProcess == null) {
            ofProcess = begin(Operators::bind);
        }
    }

    static EarlyOperators begin(Callable<?> load) {
        var early = new EarlyOperators(load);
        Thread thread = Thread.ofPlatform().daemon().name("libtorch").start(early.loading);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> endOf(thread)));
        return early;
    }

    private static void endOf(Thread loading) {
        try {
            var unused = loading.join(LONGEST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Object timed(Callable<?> load) throws Exception {
        long start = System.nanoTime();
        Object loaded = load.call();
        milliseconds = (System.nanoTime() - start) / 1_000_000;
        return loaded;
    }

    /** Waits until what this process has begun to load is there; does nothing if it has begun nothing. */
    static void await() throws Exception {
        EarlyOperators early = ofProcess();
        if (early != null) {
            early.awaitLoaded();
        }
    }

    /** @throws Exception what loading has failed with */
    void awaitLoaded() throws Exception {
        try {
            loading.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Returns how long loading took beside other work, in milliseconds; 0 if it was not begun, or has not ended. */
    static long milliseconds() {
        EarlyOperators early = ofProcess();
        return early == null ? 0 : early.milliseconds;
    }

    private static synchronized @Nullable EarlyOperators ofProcess() {
        return ofProcess;
    }
}
