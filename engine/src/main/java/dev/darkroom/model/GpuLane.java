package dev.darkroom.model;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The one platform thread that touches native memory: jobs go through it one at a time, in order. */
public final class GpuLane implements AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("gpu").factory());

    /** Runs work on this thread when its turn comes; returns its result, or throws its exception. */
    public <T> T run(Callable<T> work) throws InterruptedException {
        Future<T> result = thread.submit(work);
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits until all work that was given to {@link #run} has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
