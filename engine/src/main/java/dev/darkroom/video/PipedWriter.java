package dev.darkroom.video;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.Child;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Has FFmpeg encode: frames go through a pipe to its standard input, from a thread of their own. */
final class PipedWriter implements VideoWriter {
    private static final Logger LOG = Logger.getLogger(PipedWriter.class);

    /** Frames between whoever draws them and the pipe. */
    private static final int WAITING = 2;

    /** Longer than any encoder takes for what it still holds. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final long LOOK_MILLIS = 100;

    private final Ffmpeg ffmpeg;
    private final VideoSettings settings;
    private final Workplace place;
    private final Child child;
    private final BlockingQueue<Optional<Picture>> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread pump;
    private boolean begun;
    private boolean finished;

    private PipedWriter(Ffmpeg ffmpeg, VideoSettings settings, Workplace place, Child child) {
        this.ffmpeg = ffmpeg;
        this.settings = settings;
        this.place = place;
        this.child = child;
        this.pump = Thread.ofPlatform().daemon().name("video-frames").start(this::pump);
    }

    static PipedWriter open(Ffmpeg ffmpeg, VideoSettings settings, Path file) throws IOException {
        Workplace place = Workplace.beside(file);
        try {
            return new PipedWriter(ffmpeg, settings, place, ffmpeg.encode(EncoderCommand.first(settings, place)));
        } catch (IOException | RuntimeException e) {
            place.close();
            throw e;
        }
    }

    @Override
    public void write(Picture frame) throws IOException, InterruptedException {
        if (finished) {
            throw new IllegalStateException("the video is finished");
        }
        if (!frame.size().equals(settings.size())) {
            throw new IllegalArgumentException(
                    "a frame of " + frame.size() + " does not fit a video of " + settings.size());
        }
        hand(Optional.of(frame));
        begun = true;
    }

    @Override
    public void finish() throws IOException, InterruptedException {
        if (finished || !begun) {
            throw new IllegalStateException(finished ? "the video is finished" : "a video needs a frame");
        }
        hand(Optional.empty());
        await(child);
        if (settings.format() == VideoFormat.GIF) {
            try (Child second = ffmpeg.encode(EncoderCommand.second(place))) {
                await(second);
            }
        }
        place.publish(CommentedFile.of(place.file(EncoderCommand.VIDEO), settings));
        finished = true;
        close();
    }

    @Override
    public void close() {
        pump.interrupt();
        child.close();
        place.close();
    }

    private void hand(Optional<Picture> next) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (pump.isAlive() && System.nanoTime() < end) {
            if (waiting.offer(next, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        throw failed(child);
    }

    private static void await(Child process) throws IOException, InterruptedException {
        if (!process.await(PATIENCE) || process.exitCode() != 0) {
            throw failed(process);
        }
    }

    private static IOException failed(Child process) throws InterruptedException {
        boolean ended = process.await(Duration.ofSeconds(1));
        LOG.warnf("FFmpeg: %s", process.complaint());
        return new IOException("the video cannot be written: FFmpeg "
                + (ended ? "ended with exit code " + process.exitCode() : "does not go on") + ", the log has more");
    }

    private void pump() {
        try (OutputStream out = child.input()) {
            for (Optional<Picture> next = waiting.take(); next.isPresent(); next = waiting.take()) {
                send(next.get(), out);
            }
        } catch (IOException | InterruptedException e) {
            LOG.debugf("frames are no longer taken: %s", e.getMessage()); // the exit code tells
        }
    }

    /** Writes a frame; a side of odd length gets its last column or row twice where the format wants even ones. */
    private void send(Picture frame, OutputStream out) throws IOException {
        Size size = settings.videoSize();
        if (size.equals(frame.size())) {
            out.write(frame.rgb());
            return;
        }
        int stride = 3 * frame.width();
        for (int y = 0; y < size.height(); y++) {
            int row = Math.min(y, frame.height() - 1) * stride;
            out.write(frame.rgb(), row, stride);
            if (size.width() > frame.width()) {
                out.write(frame.rgb(), row + stride - 3, 3);
            }
        }
    }
}
