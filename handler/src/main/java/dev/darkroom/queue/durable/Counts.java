package dev.darkroom.queue.durable;

import dev.darkroom.queue.durable.disk.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of the jobs that have ended since the worker was started. */
public final class Counts {
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();

    /** The body of {@code /health}, in RunPod's form. */
    public record Health(Jobs jobs, Workers workers) {}

    /** Numbers of jobs: ended ones since the start, open ones now. */
    public record Jobs(long completed, long failed, long inProgress, long inQueue, long retried) {}

    /** Numbers of workers by their state; here there is one worker. */
    public record Workers(int idle, int initializing, int ready, int running, int throttled, int unhealthy) {}

    void ended(Status status) {
        if (status == Status.COMPLETED) {
            completed.incrementAndGet();
        } else if (status != Status.CANCELLED) {
            failed.incrementAndGet();
        }
    }

    void retried() {
        retried.incrementAndGet();
    }

    /** @param ready false while the worker starts or stops */
    public Health health(List<DurableJob> jobs, boolean ready) {
        long inProgress = count(jobs, Status.IN_PROGRESS);
        boolean running = inProgress > 0;
        return new Health(
                new Jobs(completed.get(), failed.get(), inProgress, count(jobs, Status.IN_QUEUE), retried.get()),
                new Workers(one(ready && !running), one(!ready && !running), one(ready), one(running), 0, 0));
    }

    private static long count(List<DurableJob> jobs, Status status) {
        return jobs.stream().filter(job -> job.status() == status).count();
    }

    private static int one(boolean holds) {
        return holds ? 1 : 0;
    }
}
