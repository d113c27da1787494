package dev.darkroom.queue.durable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** A gate for submissions under way, so that the store is not closed in the middle of one. Safe for several threads. */
final class SubmitGate {
    private static final long LONGEST_SECONDS = 10;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    /** Runs a submission, beside others. */
    <T> T submit(Supplier<T> submission) {
        lock.readLock().lock();
        try {
            return submission.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Waits for submissions under way, but not for ever; later ones find the queue closed and fail. */
    void end() {
        try {
            if (lock.writeLock().tryLock(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                lock.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
