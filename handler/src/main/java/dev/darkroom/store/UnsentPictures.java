package dev.darkroom.store;

import dev.darkroom.image.PictureDecoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Media;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Keeps finished pictures that could not be stored, in a folder, until their job is retried. A file's name consists of a hash of the job's
 * id, the picture's index and its seed.
 */
public final class UnsentPictures {
    private static final Logger LOG = Logger.getLogger(UnsentPictures.class);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}-\\d{1,9}-seed(-?\\d{1,19})\\.(png|jpg|webp)");

    private final Path folder;
    private final KeptFiles files;

    /**
     * Creates nothing yet: the folder need not be there.
     *
     * @param kept how long pictures wait; empty keeps them for ever
     */
    public UnsentPictures(Path folder, Optional<Duration> kept) {
        this.folder = folder;
        this.files = new KeptFiles(folder, NAME, kept);
    }

    /** A picture that waits: its file as it is to be stored, and its decoded content. */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    record Unsent(Path path, byte[] file, ImageFormat format, long seed, Media media) {}

    /** Keeps a picture. */
    void keep(ResultName name, byte[] file, ImageFormat format, long seed) throws IOException {
        files.write(beginning(name) + seed + "." + format.extension(), file);
    }

    /** Returns true if a picture of that name waits. */
    boolean has(ResultName name) {
        try {
            return waiting(name).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the picture of that name, if it waits and can be read. */
    Optional<Unsent> find(ResultName name) {
        try {
            Optional<Waiting> waiting = waiting(name);
            return waiting.isPresent()
                    ? Optional.of(read(waiting.get().path(), waiting.get().name()))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.warnf(e, "job %s: the kept picture %d cannot be read", name.folder(), name.index());
            return Optional.empty();
        }
    }

    private record Waiting(Path path, Matcher name) {}

    private Optional<Waiting> waiting(ResultName name) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, beginning(name) + "*")) {
            for (Path path : found) {
                Matcher matcher = NAME.matcher(String.valueOf(path.getFileName()));
                if (matcher.matches() && Files.isRegularFile(path)) {
                    return Optional.of(new Waiting(path, matcher));
                }
            }
        }
        return Optional.empty();
    }

    private static Unsent read(Path path, Matcher name) throws IOException {
        byte[] file = Files.readAllBytes(path);
        ImageFormat format = ImageFormat.parse(name.group(2)).orElseThrow();
        return new Unsent(
                path, file, format, Long.parseLong(name.group(1)), new Media.Still(PictureDecoder.decodeOwn(file)));
    }

    /** Deletes a picture that is stored now. */
    void delete(Unsent unsent) {
        try {
            Files.deleteIfExists(unsent.path());
        } catch (IOException e) {
            LOG.warnf(e, "%s is stored, but could not be deleted", unsent.path());
        }
    }

    private static String beginning(ResultName name) {
        return name.jobHash() + "-" + name.index() + "-seed";
    }

    /** Deletes pictures that are old enough; does nothing if it was called a moment ago. */
    public void sweep() throws IOException {
        files.sweep();
    }
}
