package dev.darkroom.video;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** A folder beside a file that is being made, for all that is unfinished. */
final class Workplace implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Workplace.class);

    private final Path folder;
    private final Path result;

    private Workplace(Path folder, Path result) {
        this.folder = folder;
        this.result = result;
    }

    /**
     * Makes the folder.
     *
     * @param result the file that all is for
     */
    static Workplace beside(Path result) throws IOException {
        Path file = result.toAbsolutePath();
        return new Workplace(Files.createTempDirectory(file.getParent(), ".video-"), file);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Makes an unfinished file the result. */
    void publish(Path file) throws IOException {
        Files.move(file, result, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes all that is unfinished. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debugf("%s is gone or stays: %s", folder, e.getMessage());
        }
    }
}
