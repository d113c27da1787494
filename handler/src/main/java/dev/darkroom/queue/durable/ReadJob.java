package dev.darkroom.queue.durable;

import dev.darkroom.job.Job;
import dev.darkroom.queue.MemoryBudget;
import org.jspecify.annotations.Nullable;

/** A job that was read and checked when it was accepted, until a worker takes it: it need not be read again. Safe for several threads. */
final class ReadJob {
    private final int bytes;
    private final MemoryBudget budget;
    private @Nullable Job job;

    /**
     * Keeps a job if there is room.
     *
     * @param job null if there is none to keep
     * @param bytes size of its request, which is about what it takes in memory
     */
    ReadJob(@Nullable Job job, int bytes, MemoryBudget budget) {
        this.bytes = bytes;
        this.budget = budget;
        this.job = job != null && budget.reserve(bytes) ? job : null;
    }

    /** Returns the job, once, and gives its room back; null if it is not kept and has to be read. */
    synchronized @Nullable Job take() {
        Job taken = job;
        if (taken != null) {
            job = null;
            budget.release(bytes);
        }
        return taken;
    }
}
