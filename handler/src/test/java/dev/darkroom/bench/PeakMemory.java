package dev.darkroom.bench;

import dev.darkroom.tensor.ProcessMemory;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How much memory of its own a piece of work takes at its worst moment, seen by a thread that looks every few milliseconds. */
final class PeakMemory {
    private static final int MILLISECONDS = 2;

    private PeakMemory() {}

    /** Bytes beyond what the process had before. */
    static long of(Measured.Work work) throws Exception {
        long before = ProcessMemory.anonymousBytes();
        long[] most = {before};
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
