package dev.darkroom.animation;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.video.FrameRate;
import dev.darkroom.video.VideoSettings;
import dev.darkroom.video.VideoWriter;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes films in a folder, by FFmpeg.
 *
 * @param folder where films lie while they are made; nothing stays there
 */
public record VideoFilms(Ffmpeg ffmpeg, Path folder) implements Films {
    private static final Logger LOG = Logger.getLogger(VideoFilms.class);

    /** Bytes of a film, which is held in memory once it is finished. */
    private static final long MOST_BYTES = 1L << 29;

    /** From quality 100 to 0: H.264's quantiser, of which 15 leaves nothing to see. */
    private static final double BEST = 15;

    /** Deletes films that were begun so long ago that nobody can be at work on them. */
    public void sweep(Duration age) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> left = Files.list(folder)) {
            FileTime latest = FileTime.from(Instant.now().minus(age));
            for (Path film : left.toList()) {
                if (Files.getLastModifiedTime(film).compareTo(latest) < 0) {
                    delete(film);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("unfinished films cannot be deleted: %s", e);
        }
    }

    private static void delete(Path film) throws IOException {
        try (Stream<Path> files = Files.walk(film)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void check(Wish wish) {
        var unused = settings(wish);
        long perPixel = switch (wish.format()) {
            case ZIP -> 3; // frames without loss can take as much as their pixels
            case GIF -> 1;
            case MP4, WEBM, WEBP -> 0; // their size is known when they are written
        };
        long most = wish.size().area() * wish.frames() * perPixel;
        if (most > MOST_BYTES) {
            throw JobException.badInput("output_format: " + wish.format().fieldValue() + " may take " + most
                    + " bytes for so many and so large frames, and may have at most " + MOST_BYTES
                    + ": ask for mp4 or webm, or for fewer or smaller frames");
        }
    }

    private static VideoSettings settings(Wish wish) {
        double quantiser = VideoSettings.WORST - (VideoSettings.WORST - BEST) * wish.quality() / 100;
        return new VideoSettings(
                wish.format(),
                wish.size(),
                FrameRate.of(wish.fps()),
                (int) Math.round(quantiser),
                wish.label() == null ? null : wish.label().comment(),
                wish.label());
    }

    @Override
    public Film begin(Wish wish) {
        try {
            Path place = Files.createTempDirectory(Files.createDirectories(folder), "film-");
            return VideoFilm.begin(ffmpeg, settings(wish), place);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static JobException failed(IOException e) {
        return new JobException(
                JobException.Code.INTERNAL, "the video cannot be written; the worker's log has more", e);
    }

    private static JobException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new JobException(JobException.Code.CANCELLED, "the worker was interrupted", e);
    }

    /** A film in a folder of its own. */
    private static final class VideoFilm implements Film {
        private final VideoWriter writer;
        private final Path place;
        private final Path file;

        private VideoFilm(VideoWriter writer, Path place, Path file) {
            this.writer = writer;
            this.place = place;
            this.file = file;
        }

        static Film begin(Ffmpeg ffmpeg, VideoSettings settings, Path place) throws IOException {
            Path file = place.resolve("film." + settings.format().extension());
            @Nullable VideoWriter writer = null;
            try {
                writer = VideoWriter.open(ffmpeg, settings, file);
                return new VideoFilm(writer, place, file);
            } finally {
                if (writer == null) {
                    Files.deleteIfExists(place);
                }
            }
        }

        @Override
        public void add(Picture frame) {
            try {
                writer.write(frame);
            } catch (IOException e) {
                throw failed(e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        @Override
        public byte[] finish() {
            try {
                writer.finish();
                long bytes = Files.size(file);
                if (bytes > MOST_BYTES) {
                    throw JobException.badInput("output_format: the file has " + bytes + " bytes, and may have at most "
                            + MOST_BYTES + ": ask for mp4 or webm, or for fewer or smaller frames");
                }
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw failed(e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        @Override
        public void close() {
            writer.close();
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(place);
            } catch (IOException e) {
                LOG.warnf("a film that is finished cannot be deleted: %s", e);
            }
        }
    }
}
