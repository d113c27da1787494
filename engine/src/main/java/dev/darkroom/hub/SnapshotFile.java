package dev.darkroom.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jboss.logging.Logger;

/** Places a blob in a snapshot under its name: by a link, or by a copy where links fail. The file is there whole or not at all. */
final class SnapshotFile {
    private static final Logger LOG = Logger.getLogger(SnapshotFile.class);

    private SnapshotFile() {}

    /** Places a blob as a file, unless the file is there. */
    static void place(Path file, Path blob) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path folder = file.resolveSibling("");
        Files.createDirectories(folder);
        Files.deleteIfExists(file);
        try {
            Files.createSymbolicLink(file, folder.relativize(blob));
        } catch (FileAlreadyExistsException e) {
            LOG.debugf("%s was placed by another process", file);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debugf("%s is copied, links fail: %s", file, e);
            Path copy = file.resolveSibling(file.getFileName() + ".unfinished");
            Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
