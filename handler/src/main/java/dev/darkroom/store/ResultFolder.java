package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** A folder of results under names that cannot be guessed. A file appears in it whole or not at all. */
public final class ResultFolder {
    private static final Logger LOG = Logger.getLogger(ResultFolder.class);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}\\.(png|jpg|webp)");
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(10);
    private static final String UNFINISHED = "unfinished-";

    private final Path folder;
    private final Function<Path, URI> address;
    private final Optional<Duration> kept;
    private Instant lastSweep = Instant.EPOCH;

    /**
     * A folder that need not be there yet.
     *
     * @param address where a caller finds a stored file
     * @param kept how long results stay; empty: for ever
     */
    public ResultFolder(Path folder, Function<Path, URI> address, Optional<Duration> kept) {
        this.folder = folder;
        this.address = address;
        this.kept = kept;
    }

    /** Writes a picture and says where it is. */
    public URI store(byte[] picture, ImageFormat format) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String name = HexFormat.of().formatHex(random) + "." + format.extension();
        try {
            Files.createDirectories(folder);
            sweep();
            Path unfinished = Files.createTempFile(folder, UNFINISHED, null);
            try {
                Files.write(unfinished, picture);
                Path file = Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                return address.apply(file.toAbsolutePath());
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the picture cannot be written to " + folder, e);
        }
    }

    /** The file of a name, if that is a result in this folder and nothing else. */
    public Optional<Path> find(String name) {
        return NAME.matcher(name).matches()
                ? Optional.of(folder.resolve(name)).filter(Files::isRegularFile)
                : Optional.empty();
    }

    /** Deletes results that were kept long enough, and what a crash left unfinished; anything else in the folder is not ours. */
    private synchronized void sweep() throws IOException {
        Instant now = Instant.now();
        if (kept.isEmpty() || now.isBefore(lastSweep.plus(BETWEEN_SWEEPS))) {
            return;
        }
        lastSweep = now;
        Instant oldest = now.minus(kept.get());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                boolean ours = NAME.matcher(name).matches() || name.startsWith(UNFINISHED);
                if (ours) {
                    deleteIfOlder(file, oldest);
                }
            }
        }
    }

    /** A file that cannot be deleted, or that another one took away, is no reason to lose the picture that is being stored. */
    private static void deleteIfOlder(Path file, Instant oldest) {
        try {
            if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(oldest)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debugf("%s was not deleted: %s", file, e);
        }
    }
}
