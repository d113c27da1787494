package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.video.ffmpeg.Child;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a video, one after another, decoded a few ahead. The process that decodes them ends with the last one, or when this is
 * closed. For one thread at a time.
 */
public final class FrameStream implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FrameStream.class);

    /** Frames between the pipe and whoever takes them. */
    private static final int AHEAD = 2;

    private final Child process;
    private final Size size;
    private final long count;
    private final VideoFault fault;
    private final BlockingQueue<Optional<Picture>> ready = new ArrayBlockingQueue<>(AHEAD);
    private final Thread pump;
    private long patience;
    private long taken;
    private boolean ended;

    FrameStream(Child process, Size size, long count, VideoLimits limits, VideoFault fault) {
        this.process = process;
        this.size = size;
        this.count = count;
        this.fault = fault;
        this.patience = limits.patience().toNanos();
        this.pump = Thread.ofPlatform().daemon().name("video-pictures").start(this::pump);
    }

    /**
     * Returns the next frame; empty behind the last one.
     *
     * @throws JobException if the video is damaged, or takes longer than the limits allow
     */
    public Optional<Picture> next() throws InterruptedException {
        if (ended) {
            return Optional.empty();
        }
        Optional<Picture> frame = await();
        if (frame.isPresent()) {
            taken++;
        } else {
            ended = true;
            checkEnd();
        }
        return frame;
    }

    /** Ends the process. */
    @Override
    public void close() {
        ended = true;
        pump.interrupt();
        process.close();
    }

    private Optional<Picture> await() throws InterruptedException {
        long start = System.nanoTime();
        @Nullable Optional<Picture> frame = ready.poll(patience, TimeUnit.NANOSECONDS);
        patience -= System.nanoTime() - start;
        if (frame == null) {
            close();
            throw fault.tooSlow();
        }
        return frame;
    }

    /** A video of fewer frames than its file says is whole if FFmpeg is content: some are never shown. */
    private void checkEnd() throws InterruptedException {
        boolean exited = taken == count || process.await(Duration.ofNanos(Math.max(0, patience)));
        close();
        if (!exited) {
            throw fault.tooSlow();
        }
        if (taken < count && process.exitCode() != 0) {
            throw fault.of(process);
        }
        if (taken == 0) {
            throw fault.damaged("none of its frames can be decoded");
        }
    }

    private void pump() {
        try {
            try {
                read();
            } finally {
                ready.put(Optional.empty());
            }
        } catch (IOException | InterruptedException e) {
            LOG.debugf("frames are no longer read: %s", e.getMessage()); // the exit code tells
        }
    }

    private void read() throws IOException, InterruptedException {
        InputStream in = process.output();
        int length = Math.toIntExact(3 * size.area());
        for (long i = 0; i < count; i++) {
            byte[] rgb = in.readNBytes(length);
            if (rgb.length < length) {
                return;
            }
            ready.put(Optional.of(new Picture(size.width(), size.height(), rgb)));
        }
    }
}
