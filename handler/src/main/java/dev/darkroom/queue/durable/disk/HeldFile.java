package dev.darkroom.queue.durable.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The file whose lock keeps other workers away, as it was when it was locked. A process that was restored elsewhere believes that it still
 * has the lock; the kernel knows.
 *
 * @param key which file it was, on which disk
 * @param listed whether the kernel lists our lock, so that its absence says something
 */
record HeldFile(Path path, @Nullable Object key, boolean listed) {
    private static final Path LOCKS = Path.of("/proc/locks");

    /** Notes a file that this process has locked just now. */
    static HeldFile of(Path path) throws IOException {
        return new HeldFile(path, key(path), isListed(path));
    }

    /**
     * Returns why this process cannot be the only one that writes the file; empty if it is.
     *
     * @param open whether this process means to have the lock; asked last, so that a lock that it gives up meanwhile is none that is lost
     */
    Optional<String> trouble(BooleanSupplier open) {
        try {
            if (!Objects.equals(key, key(path))) {
                return Optional.of(path + " is another file than the one that was opened");
            }
            return listed && !isListed(path) && open.getAsBoolean()
                    ? Optional.of("the lock on " + path + " is lost") : Optional.empty();
        } catch (IOException e) {
            return Optional.of(path + " is gone");
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static boolean isListed(Path path) throws IOException {
        String ending = ":" + Files.getAttribute(path, "unix:ino");
        String process = String.valueOf(ProcessHandle.current().pid());
        try (var lines = Files.lines(LOCKS)) {
            return lines.map(line -> line.strip().split("\\s+", -1))
                    .anyMatch(lock -> lock.length > 5 && lock[4].equals(process) && lock[5].endsWith(ending));
        } catch (IOException e) {
            return false; // not on this machine
        }
    }
}
