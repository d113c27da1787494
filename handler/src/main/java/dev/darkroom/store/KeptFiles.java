package dev.darkroom.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** A folder whose files appear whole or not at all, and are deleted once they are old enough. */
final class KeptFiles {
    private static final Logger LOG = Logger.getLogger(KeptFiles.class);
    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(10);
    private static final String UNFINISHED = "unfinished-";

    private final Path folder;
    private final Pattern names;
    private final Optional<Duration> kept;
    private Instant lastSweep = Instant.EPOCH;

    /**
     * Creates nothing yet: the folder need not be there.
     *
     * @param names of the files that may be found and deleted; any other file in the folder is left alone
     * @param kept how long files stay; empty keeps them for ever
     */
    KeptFiles(Path folder, Pattern names, Optional<Duration> kept) {
        this.folder = folder;
        this.names = names;
        this.kept = kept;
    }

    /** Writes a file, replacing one of the same name. */
    Path write(String name, byte[] content) throws IOException {
        return write(name, content, true);
    }

    /** Writes a file as {@link #write} does, and has it written through to the disk while its reader has it already. */
    Path writeSoon(String name, byte[] content) throws IOException {
        Path file = write(name, content, false);
        var unused = Thread.ofVirtual().name("results").start(() -> writeThrough(file));
        return file;
    }

    /** A power failure in this moment can leave an empty file, which the next start deletes. */
    private static void writeThrough(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            LOG.debugf("%s was deleted at once", file);
        } catch (IOException e) {
            LOG.errorf("%s may not outlive a crash of the machine: %s", file, e);
        }
    }

    private Path write(String name, byte[] content, boolean lasting) throws IOException {
        Files.createDirectories(folder);
        sweep();
        Path unfinished = Files.createTempFile(folder, UNFINISHED, null);
        try {
            write(unfinished, content, lasting);
            return Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Writes and, with {@code lasting}, syncs: a name that survives a power failure must not lead to an empty file. */
    private static void write(Path file, byte[] content, boolean lasting) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            if (lasting) {
                channel.force(true);
            }
        }
    }

    /** Returns the file of that name, if the name is of the expected form and the file is not too old. */
    Optional<Path> find(String name) {
        return names.matcher(name).matches()
                ? Optional.of(folder.resolve(name))
                        .filter(Files::isRegularFile)
                        .filter(file ->
                                kept.isEmpty() || !isOlder(file, Instant.now().minus(kept.get())))
                : Optional.empty();
    }

    private static boolean isOlder(Path file, Instant oldest) {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(oldest);
        } catch (IOException e) {
            return true; // another process deleted it
        }
    }

    /** Deletes files that are old enough, and unfinished ones that a crash left; leaves any others. */
    synchronized void sweep() throws IOException {
        Instant now = Instant.now();
        if (kept.isEmpty() || !Files.isDirectory(folder) || now.isBefore(lastSweep.plus(BETWEEN_SWEEPS))) {
            return;
        }
        lastSweep = now;
        Instant oldest = now.minus(kept.get());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                boolean finished = names.matcher(name).matches();
                if (finished || name.startsWith(UNFINISHED)) {
                    // none of ours is empty, but for what a power failure has left
                    deleteIfOlder(file, finished && isEmpty(file) ? now : oldest);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Deletes an old file if that is possible: a file that cannot be deleted is no reason to lose the picture being stored. */
    private static void deleteIfOlder(Path file, Instant oldest) {
        try {
            if (isOlder(file, oldest)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debugf("%s was not deleted: %s", file, e);
        }
    }
}
