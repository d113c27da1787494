package dev.darkroom.queue.http;

import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.DurableQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A job and the caller who waits for it, through whatever door. Safe for several threads. */
public final class JobCall implements AutoCloseable {
    private final DurableJob job;
    private final DurableQueue queue;
    private final LongPolls callers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<JobOutcome> outcome;

    JobCall(DurableJob job, DurableQueue queue, LongPolls callers, Executor threads) {
        this.job = job;
        this.queue = queue;
        this.callers = callers;
        this.outcome = job.settled().thenApplyAsync(nothing -> JobOutcome.read(job.body()), threads);
    }

    /** Returns the id of the job. */
    public String id() {
        return job.id();
    }

    /** Returns the events of the job. */
    public JobEvents events() {
        return job.events();
    }

    /** Returns a future of what the job comes to; it completes on a thread that may block. */
    public CompletableFuture<JobOutcome> outcome() {
        return outcome;
    }

    /** Cancels the job. */
    public void cancel() {
        queue.cancel(job);
    }

    /** Ends the call: a job that has not ended is cancelled, unless it is persisted or somebody has asked for it by its id. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            callers.leave();
            if (!job.events().isOver()) {
                queue.abandon(job);
            }
        }
    }
}
