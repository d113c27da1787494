package dev.darkroom.queue.durable;

import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.snapshot.Watch;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Background maintenance on one thread: ends jobs that take too long, evicts old ones, and persists changes. */
final class Housekeeping {
    private static final Logger LOG = Logger.getLogger(Housekeeping.class);
    private static final long BETWEEN_SWEEPS_MILLISECONDS = 1_000;
    private static final int SWEEPS_BETWEEN_COMPACTIONS = 30;

    private final WaitingJobs waiting;
    private final JobRegistry registry;
    private final Clock clock;
    private final AtomicInteger sweeps = new AtomicInteger();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("jobs").factory());

    Housekeeping(WaitingJobs waiting, JobRegistry registry, Clock clock) {
        this.waiting = waiting;
        this.registry = registry;
        this.clock = clock;
    }

    /** Starts to sweep periodically; whatever goes wrong in a sweep, the next one comes. */
    void begin(JobStore store) {
        var unused = thread.scheduleWithFixedDelay(
                () -> quietly(() -> sweepAndCompact(store)),
                BETWEEN_SWEEPS_MILLISECONDS,
                BETWEEN_SWEEPS_MILLISECONDS,
                TimeUnit.MILLISECONDS);
    }

    private void sweepAndCompact(JobStore store) {
        sweep();
        // what could not be written when it happened
        store.commit();
        if (sweeps.incrementAndGet() % SWEEPS_BETWEEN_COMPACTIONS == 0) {
            store.compact();
        }
    }

    /** Ends jobs that took too long, and evicts those that were kept long enough. */
    void sweep() {
        Watch.look(); // a job is not late because nobody ran
        long now = clock.millis();
        for (DurableJob job : registry.all()) {
            if (job.record().isExpired(now)) {
                quietly(() -> expire(job));
            } else if (job.record().isOverdue(now)) {
                quietly(() -> job.fail(Conclusion.overtime(job.beginning())));
            }
        }
        registry.removeOld(now).forEach(job -> quietly(job::forget));
    }

    /**
     * Expires a job. If its last answer is being written it has its turn in the next sweep; if a retry has replaced it, it is not
     * forgotten.
     */
    private void expire(DurableJob job) {
        waiting.leave(job);
        job.end(Conclusion.expired(job.beginning()));
        if (job.status().isFinal() && registry.remove(job)) {
            job.forget();
        }
    }

    /** Runs a task soon on the thread, or at once on the caller's if that thread has ended. */
    void later(Runnable task) {
        try {
            thread.execute(() -> quietly(task));
        } catch (RejectedExecutionException e) {
            quietly(task);
        }
    }

    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warnf("what is known of the jobs could not be written down or cleaned up: %s", e);
        }
    }

    /** Stops after the tasks that are due. */
    void stop() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(BETWEEN_SWEEPS_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                LOG.warn("the housekeeping of jobs takes long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
