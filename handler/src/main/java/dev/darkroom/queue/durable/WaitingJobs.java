package dev.darkroom.queue.durable;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The jobs that wait, in the order of their acceptance, those of low priority behind all others. Safe for several threads. */
final class WaitingJobs {
    private final int capacity;
    private final long mostBytes;
    private final TreeSet<DurableJob> jobs = new TreeSet<>(
            Comparator.comparing((DurableJob job) -> job.beginning().policy().lowPriority())
                    .thenComparingLong(job -> job.beginning().sequence()));
    private int places;
    private long bytes;

    /**
     * @param capacity number of jobs that may wait
     * @param mostBytes bytes that their requests may have together
     */
    WaitingJobs(int capacity, long mostBytes) {
        this.capacity = capacity;
        this.mostBytes = mostBytes;
    }

    /** Reserves a place for a job that is about to {@link #enter}; returns false if there is none. */
    synchronized boolean reserve(int size) {
        if (places >= capacity || bytes + size > mostBytes) {
            return false;
        }
        places++;
        bytes += size;
        return true;
    }

    /** Reserves a place for a job that an earlier process has accepted, beyond the bounds if need be. */
    synchronized void reserveAnyway(int size) {
        places++;
        bytes += size;
    }

    /** Releases a place that was reserved and not used. */
    synchronized void giveBack(int size) {
        places--;
        bytes -= size;
    }

    /** Adds a job to the queue, in a place that was reserved. */
    synchronized void enter(DurableJob job) {
        jobs.add(job);
        notifyAll();
    }

    /** Removes a job from the queue; returns false if it was not queued. */
    synchronized boolean leave(DurableJob job) {
        boolean waited = jobs.remove(job);
        if (waited) {
            giveBack(job.beginning().bytes());
        }
        return waited;
    }

    /** Takes the next job, waiting for one; null if none came within that time. */
    synchronized @Nullable DurableJob next(long milliseconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        for (long left = milliseconds; jobs.isEmpty() && left > 0; left = millisecondsTo(end)) {
            wait(left);
        }
        DurableJob next = jobs.pollFirst();
        if (next != null) {
            giveBack(next.beginning().bytes());
        }
        return next;
    }

    private static long millisecondsTo(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime());
    }

    /** Returns all jobs that wait now. */
    synchronized List<DurableJob> all() {
        return List.copyOf(jobs);
    }
}
