package dev.darkroom.weights;

import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes of weights that this process has read off its files, so that somebody can show how far loading is. */
public final class ReadBytes {
    private static final LongAdder ALL = new LongAdder();

    private ReadBytes() {}

    static void add(long bytes) {
        ALL.add(bytes);
    }

    /** Returns how many there were so far, since the process began; it only grows. */
    public static long total() {
        return ALL.sum();
    }
}
