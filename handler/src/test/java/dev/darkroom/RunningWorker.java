package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.job.Eventually;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** The worker itself, started as the process starts it: Quarkus' tests serve its addresses but leave {@link Main#run} to us. */
@ApplicationScoped
class RunningWorker {
    @Inject
    Main main;

    @Inject
    WorkerState state;

    private @Nullable Thread thread;

    /** Starts the worker unless it runs already, and waits until it takes jobs. */
    synchronized void start() throws InterruptedException {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("main").start(this::run);
        }
        Eventually.await("the worker has started", () -> state.phase() != WorkerState.Phase.STARTING);
        assertThat(state.isServing()).as("the worker has started").isTrue();
    }

    private void run() {
        try {
            main.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
