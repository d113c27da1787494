package dev.darkroom.source;

import dev.darkroom.credentials.SourceCredentials;
import dev.darkroom.job.JobException;
import dev.darkroom.video.VideoFile;
import dev.darkroom.video.VideoReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Loads the videos of jobs, from where images may come too, into files that nobody else reads. */
public final class SourceVideos {
    private static final Logger LOG = Logger.getLogger(SourceVideos.class);
    private static final String FIELD = "video";

    private final SourceImages sources;
    private final VideoReader reader;
    private final Path folder;

    /**
     * @param sources reads what callers sent, within its own bounds
     * @param folder where videos lie as long as their jobs are under way
     */
    public SourceVideos(SourceImages sources, VideoReader reader, Path folder) {
        this.sources = sources;
        this.reader = reader;
        this.folder = folder;
    }

    /** A video and its file, which is deleted when this is closed. */
    public record Loaded(VideoFile video, Path file) implements AutoCloseable {
        @Override
        public void close() {
            delete(file);
        }
    }

    /**
     * Loads a video and looks at it; none of its pixels is decoded.
     *
     * @param text as the caller sent it
     * @param credentials are told of the file
     * @throws JobException as {@link SourceImages#read}, or if the file is no video that is read here
     */
    public Loaded load(String text, Optional<SourceCredentials> credentials) throws InterruptedException {
        byte[] bytes = sources.read(FIELD, text);
        Path file = written(bytes);
        boolean opened = false;
        try {
            var loaded = new Loaded(reader.open(FIELD, file), file);
            String mediaType = loaded.video().info().kind().mediaType();
            credentials.ifPresent(all -> all.add(FIELD, mediaType, bytes));
            opened = true;
            return loaded;
        } finally {
            if (!opened) {
                delete(file);
            }
        }
    }

    private Path written(byte[] bytes) {
        try {
            Path file = Files.createTempFile(Files.createDirectories(folder), "source-", ".video");
            boolean whole = false;
            try {
                Files.write(file, bytes);
                whole = true;
                return file;
            } finally {
                if (!whole) {
                    delete(file);
                }
            }
        } catch (IOException e) {
            throw new JobException(
                    JobException.Code.INTERNAL, FIELD + ": cannot be kept on this worker's disk; its log has more", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warnf("the video of a job cannot be deleted: %s", e);
        }
    }
}
