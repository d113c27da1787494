package dev.darkroom.bench;

import dev.darkroom.tensor.ProcessMemory;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How much memory of its own work takes at its worst moment, seen by a thread that looks every few milliseconds.
 *
 * @param before what the process had before the first of it; what it keeps of one piece of work counts for the next
 */
record PeakMemory(long before) {
    private static final int MILLISECONDS = 2;

    static PeakMemory fromNow() throws IOException {
        return new PeakMemory(ProcessMemory.anonymousBytes());
    }

    /** Bytes beyond those before. */
    long of(Measured.Timed work) throws Exception {
        long[] most = {anonymousBytes()};
        Thread watch = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                most[0] = Math.max(most[0], anonymousBytes());
                try {
                    Thread.sleep(MILLISECONDS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        try {
            work.run();
        } finally {
            watch.interrupt();
            watch.join();
        }
        return most[0] - before;
    }

    private static long anonymousBytes() {
        try {
            return ProcessMemory.anonymousBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
