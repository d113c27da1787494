package dev.darkroom.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds files below the folders that payloads may name files of: ordinary ones, of which reading ends. Links are followed, but not out of
 * the folder.
 */
final class AllowedFolders {
    /** What looks like files here is the system's state, or a device. */
    private static final List<Path> SYSTEM = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private final List<Path> roots;

    AllowedFolders(List<Path> roots) {
        this.roots =
                roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
    }

    /** Returns true if no path is allowed. */
    boolean isEmpty() {
        return roots.isEmpty();
    }

    /**
     * Returns the real paths of the files that a text may mean, at most one below each folder. The file system is not asked about a path
     * that leads elsewhere, so that nothing can be learnt from how long that takes.
     */
    List<Path> find(String text) {
        return roots.stream().flatMap(root -> below(root, text).stream()).toList();
    }

    private static Optional<Path> below(Path root, String text) {
        try {
            Path real = root.toRealPath();
            Path file = root.resolve(text).normalize();
            if (!file.startsWith(root) && !file.startsWith(real)) {
                return Optional.empty();
            }
            return Optional.of(file.toRealPath())
                    .filter(found -> found.startsWith(real))
                    .filter(found -> SYSTEM.stream().noneMatch(found::startsWith))
                    .filter(found ->
                            Files.isRegularFile(found, LinkOption.NOFOLLOW_LINKS)); // a pipe is not opened: that waits
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }
}
