package dev.darkroom.queue.durable;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The jobs that wait, in the order they were accepted in, those of low priority behind all others. Safe for several threads. */
final class WaitingJobs {
    private final int capacity;
    private final long mostBytes;
    private final TreeSet<DurableJob> jobs = new TreeSet<>(
            Comparator.comparing((DurableJob job) -> job.beginning().policy().lowPriority())
                    .thenComparingLong(job -> job.beginning().sequence()));
    private int places;
    private long bytes;

    /**
     * @param capacity how many jobs may wait
     * @param mostBytes how large their requests may be together
     */
    WaitingJobs(int capacity, long mostBytes) {
        this.capacity = capacity;
        this.mostBytes = mostBytes;
    }

    /** Takes a place for a job that is about to {@link #enter}; false if there is none. */
    synchronized boolean reserve(int size) {
        if (places >= capacity || bytes + size > mostBytes) {
            return false;
        }
        places++;
        bytes += size;
        return true;
    }

    /** Takes a place for a job that was accepted before, however many there are. */
    synchronized void reserveAnyway(int size) {
        places++;
        bytes += size;
    }

    /** Gives a place back that was reserved and not used. */
    synchronized void giveBack(int size) {
        places--;
        bytes -= size;
    }

    /** Waits from now on, in a place that was reserved. */
    synchronized void enter(DurableJob job) {
        jobs.add(job);
        notifyAll();
    }

    /** Waits no longer; false if it did not wait. */
    synchronized boolean leave(DurableJob job) {
        boolean waited = jobs.remove(job);
        if (waited) {
            giveBack(job.beginning().bytes());
        }
        return waited;
    }

    /** Lets the next one out; null if none came within that time. */
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

    /** All that wait now. */
    synchronized List<DurableJob> all() {
        return List.copyOf(jobs);
    }
}
