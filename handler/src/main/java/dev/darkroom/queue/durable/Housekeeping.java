package dev.darkroom.queue.durable;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** What is done for the jobs on a thread of its own: ending those that take too long, forgetting old ones, writing down. */
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

    /** Sweeps from now on, again and again; whatever goes wrong, the next sweep comes. */
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

    /** Ends what took too long, and forgets what was kept long enough. */
    void sweep() {
        long now = clock.millis();
        for (DurableJob job : registry.all()) {
            if (job.record().isExpired(now)) {
                quietly(() -> expire(job));
            } else if (job.record().isOverdue(now)) {
                quietly(job::timeOut);
            }
        }
        registry.removeOld(now).forEach(job -> quietly(job::forget));
    }

    /** One whose last answer is being written has its turn in the next sweep; one that a retry replaced is not forgotten. */
    private void expire(DurableJob job) {
        waiting.leave(job);
        job.expire();
        if (job.status().isFinal() && registry.remove(job)) {
            job.forget();
        }
    }

    /** Does something soon; at once if the thread has ended. */
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

    /** Does what is due, then no more. */
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
