package dev.darkroom;

import dev.darkroom.checks.DataFolder;
import dev.darkroom.checks.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks now and then whether a job could be done at all, and tells the worker's state, which health checks read. */
final class ServiceWatch implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

    private final WorkerState state;
    private final Path data;
    private final Supplier<Optional<String>> storage;
    private final Thread thread;

    private ServiceWatch(WorkerState state, Path data, Supplier<Optional<String>> storage, Duration every) {
        this.state = state;
        this.data = data;
        this.storage = storage;
        this.thread = Thread.ofVirtual().name("service-watch").unstarted(() -> watch(every));
    }

    /**
     * Begins to look.
     *
     * @param storage says why results cannot be stored; empty if they can
     */
    static ServiceWatch start(WorkerState state, Path data, Supplier<Optional<String>> storage) {
        return start(state, data, storage, BETWEEN_LOOKS);
    }

    static ServiceWatch start(WorkerState state, Path data, Supplier<Optional<String>> storage, Duration every) {
        var watch = new ServiceWatch(state, data, storage, every);
        watch.thread.start();
        return watch;
    }

    private void watch(Duration every) {
        try {
            while (true) {
                state.note("data folder", DataFolder.trouble(data));
                state.note("storage", storage.get());
                Thread.sleep(every);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
