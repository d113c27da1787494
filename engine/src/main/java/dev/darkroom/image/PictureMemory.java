package dev.darkroom.image;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that decoded pictures, and their decoders, may take at once. Whoever needs some waits for its turn: first come, first served.
 * Reserve all that a task needs in one go: one that waits while it holds some could wait for ever.
 */
public final class PictureMemory {
    /** Bytes that can be reserved or given back at once. */
    private static final int UNIT = 1 << 10;

    /**
     * Bytes that are given back before the heap is collected. Java keeps large arrays that nobody needs until the heap is full, and it would
     * rather have a larger heap than look for them.
     */
    private static final long MOST_GARBAGE = 64L << 20;

    private final long bytes;
    private final Semaphore units;
    private final AtomicLong garbage = new AtomicLong();

    /** Creates the memory of a process: so many bytes, or half of the heap if that is less. */
    public PictureMemory(long bytes) {
        this.bytes = Math.min(bytes, Runtime.getRuntime().maxMemory() / 2);
        this.units = new Semaphore(units(this.bytes), true);
    }

    /** Returns the bytes that there are. */
    public long bytes() {
        return bytes;
    }

    /** Returns the bytes that nobody has reserved at the moment. */
    long free() {
        return (long) units.availablePermits() * UNIT;
    }

    /**
     * Waits until so many bytes are free, and takes them.
     *
     * @param wanted at most {@link #bytes()}
     * @throws InterruptedException if the thread is interrupted while it waits; then nothing is taken
     */
    public Share reserve(long wanted) throws InterruptedException {
        if (wanted > bytes) {
            throw new IllegalArgumentException(wanted + " of " + bytes + " bytes");
        }
        var share = new Share(units(wanted));
        units.acquire(share.held);
        return share;
    }

    private static int units(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, UNIT));
    }

    private void giveBack(int count) {
        long now = (long) count * UNIT;
        if (garbage.getAndUpdate(before -> before + now >= MOST_GARBAGE ? 0 : before + now) + now >= MOST_GARBAGE) {
            System.gc(); // before another task may take what is only free once it was collected
        }
        units.release(count);
    }

    /** Bytes that one task has. */
    public final class Share implements AutoCloseable {
        private int held;

        private Share(int held) {
            this.held = held;
        }

        /** Gives back all but so many bytes; what took them must be out of reach by now. */
        public synchronized void shrinkTo(long left) {
            int back = held - Math.min(held, units(left));
            if (back > 0) {
                held -= back;
                giveBack(back);
            }
        }

        @Override
        public void close() {
            shrinkTo(0);
        }
    }
}
