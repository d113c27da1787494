package dev.darkroom.queue;

import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that several may share. Safe for several threads. */
public final class MemoryBudget {
    private final AtomicLong left;

    /** @param bytes how many there are in all */
    public MemoryBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes bytes out; false, and nothing is taken, if there are not so many left. */
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

    /** How many bytes nobody has reserved. */
    public long left() {
        return left.get();
    }
}
