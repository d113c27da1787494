package dev.darkroom.queue.durable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Those who are handing in a job at this moment, so that the store is not closed below their hands. Safe for several threads. */
final class SubmitGate {
    private static final long LONGEST_SECONDS = 10;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    /** Hands something in, beside others. */
    <T> T submit(Supplier<T> submission) {
        lock.readLock().lock();
        try {
            return submission.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Waits for those that are under way, but not for ever: what comes later finds everything closed, and says so. */
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
