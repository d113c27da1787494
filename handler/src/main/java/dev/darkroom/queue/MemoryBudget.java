package dev.darkroom.queue;

import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that several jobs share. Safe for several threads. */
public final class MemoryBudget {
    private final AtomicLong left;

    /** @param bytes size of the whole budget */
    public MemoryBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Reserves bytes; returns false, and reserves nothing, if fewer are left. */
    public boolean reserve(long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            left.addAndGet(bytes);
            return false;
        }
        return true;
    }

    /** Gives bytes back that were reserved. */
    public void release(long bytes) {
        left.addAndGet(bytes);
    }

    /** Returns the number of bytes that are not reserved. */
    public long left() {
        return left.get();
    }
}
