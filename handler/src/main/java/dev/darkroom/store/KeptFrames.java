package dev.darkroom.store;

import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.Frames;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The frames of animations that are being drawn, in a folder: another try of their job goes on behind the last of them. They are gone once
 * their animation is stored, or old enough.
 */
public final class KeptFrames {
    private static final Logger LOG = Logger.getLogger(KeptFrames.class);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}-(frame-\\d{1,9}\\.png|frames\\.txt)");
    private static final Pattern BEGINNING = Pattern.compile("(\\d{1,19}) (\\w{1,64})\n?");

    private final Path folder;
    private final KeptFiles files;

    /** @param kept how long frames stay whose animation was never finished; empty keeps them for ever */
    public KeptFrames(Path folder, Optional<Duration> kept) {
        this.folder = folder;
        this.files = new KeptFiles(folder, NAME, kept);
    }

    /** Returns the frames of a job. */
    public Frames of(String job) {
        return new OfJob(new ResultName(job, 0).jobHash());
    }

    /** Deletes frames that are old enough; does nothing if it was called a moment ago. */
    public void sweep() throws IOException {
        files.sweep();
    }

    /** The frames of one job; a frame is written while the next is drawn. */
    private final class OfJob implements Frames {
        private final String hash;
        private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
        private OptionalLong seed = OptionalLong.empty();
        private boolean kept = true;

        OfJob(String hash) {
            this.hash = hash;
        }

        @Override
        public void begin(long wanted, String fingerprint) {
            try {
                Matcher before = BEGINNING.matcher(beginning());
                if (before.matches() && before.group(2).equals(fingerprint)) {
                    seed = OptionalLong.of(Long.parseLong(before.group(1)));
                    return;
                }
                forget();
                seed = OptionalLong.of(wanted);
                var unused = files.write(
                        hash + "-frames.txt", (wanted + " " + fingerprint).getBytes(StandardCharsets.US_ASCII));
            } catch (IOException | NumberFormatException e) {
                LOG.warnf("frames cannot be kept: %s; another try of this job begins anew", e);
                seed = OptionalLong.of(wanted);
                kept = false;
            }
        }

        private String beginning() throws IOException {
            try {
                return Files.readString(folder.resolve(hash + "-frames.txt"), StandardCharsets.US_ASCII);
            } catch (NoSuchFileException e) {
                return "";
            }
        }

        @Override
        public OptionalLong seed() {
            return seed;
        }

        private Path frame(int drawn) {
            return folder.resolve(hash + "-frame-" + drawn + ".png");
        }

        @Override
        public Optional<Picture> find(int drawn) {
            writing.join();
            if (!kept) {
                return Optional.empty();
            }
            try {
                return Optional.of(PictureDecoder.decodeOwn(Files.readAllBytes(frame(drawn))));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                LOG.warnf("the kept frame %d cannot be read: %s; it is drawn again", drawn, e);
                return Optional.empty();
            }
        }

        @Override
        public void keep(int drawn, Picture picture) {
            writing.join(); // no more than one waits in memory
            writing = CompletableFuture.runAsync(
                    () -> write(drawn, picture),
                    task -> Thread.ofPlatform().daemon().name("frame to disk").start(task));
        }

        private void write(int drawn, Picture picture) {
            try {
                var unused = files.write(
                        String.valueOf(frame(drawn).getFileName()),
                        PictureEncoder.encode(picture, ImageFormat.PNG, 100));
            } catch (IOException | RuntimeException e) {
                LOG.warnf("frame %d cannot be kept: %s", drawn, e);
            }
        }

        @Override
        public void forget() {
            writing.join();
            if (!Files.isDirectory(folder)) {
                return;
            }
            try (var found = Files.newDirectoryStream(folder, hash + "-*")) {
                for (Path file : found) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warnf("frames that nobody needs any more cannot be deleted: %s", e);
            }
        }
    }
}
