package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/**
 * Reads ranges of files by several threads at once, which is what disks and network volumes need to be fast. Once this is closed, no thread
 * writes anywhere any more.
 */
final class ParallelReads implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int LARGEST_READ = 4 << 20;

    private static final Logger LOG = Logger.getLogger(ParallelReads.class);

    private final Map<Path, FileChannel> channels = new HashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("weights-", 0).daemon().factory());

    /** Bytes of a file from {@code position} on, as many as {@code into} has room for. */
    record Range(Path file, long position, ByteBuffer into) {}

    /**
     * Begins to read a range, in pieces that go their own ways.
     *
     * @throws CheckpointException that names the file, if it cannot be opened
     */
    List<Future<?>> start(Range range) {
        FileChannel channel = channels.computeIfAbsent(range.file(), ParallelReads::open);
        List<Future<?>> reads = new ArrayList<>();
        int length = range.into().remaining();
        for (int at = 0; at < length; at += LARGEST_READ) {
            var piece = new Range(
                    range.file(), range.position() + at, range.into().slice(at, Math.min(LARGEST_READ, length - at)));
            reads.add(threads.submit(() -> read(channel, piece)));
        }
        return reads;
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file);
        } catch (IOException e) {
            throw CheckpointException.unreadable(file, e);
        }
    }

    private static void read(FileChannel channel, Range range) {
        try {
            while (range.into().hasRemaining()) {
                long position = range.position() + range.into().position();
                int read = channel.read(range.into(), position);
                if (read < 0) {
                    throw new CheckpointException(
                            range.file() + " changed while it was read: it ends before byte " + position);
                }
                ReadBytes.add(read);
            }
        } catch (IOException e) {
            throw CheckpointException.unreadable(range.file(), e);
        }
    }

    /**
     * Waits until reads are done.
     *
     * @throws CheckpointException that names the file that could not be read
     * @throws InterruptedException if this thread is interrupted meanwhile
     */
    static void await(List<Future<?>> reads) throws InterruptedException {
        for (Future<?> read : reads) {
            try {
                read.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof CheckpointException cause ? cause : new IllegalStateException(e);
            }
        }
    }

    /** Ends all reads, and returns when they have ended. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        for (FileChannel channel : channels.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("a file of weights could not be closed", e);
            }
        }
    }
}
