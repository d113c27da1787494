package dev.darkroom.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;

/** Reads a file as {@link Upload} does, window by window into buffers in turn, and leaves out what a card does with them. */
public final class RingReads {
    private static final int BUFFERS = 3;

    private RingReads() {}

    public static void read(Path file, long bytes) throws InterruptedException {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < BUFFERS; i++) {
            buffers.add(ByteBuffer.allocateDirect(Upload.LARGEST_WINDOW));
        }
        try (var reads = new ParallelReads()) {
            Queue<List<Future<?>>> reading = new ArrayDeque<>();
            for (long start = 0; start < bytes; start += Upload.LARGEST_WINDOW) {
                if (reading.size() == BUFFERS) {
                    ParallelReads.await(reading.remove());
                }
                int length = (int) Math.min(Upload.LARGEST_WINDOW, bytes - start);
                ByteBuffer buffer = buffers.get((int) (start / Upload.LARGEST_WINDOW % BUFFERS));
                reading.add(reads.start(new ParallelReads.Range(file, start, buffer.slice(0, length))));
            }
            for (List<Future<?>> last : reading) {
                ParallelReads.await(last);
            }
        }
    }
}
