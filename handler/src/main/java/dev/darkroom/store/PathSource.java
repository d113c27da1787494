package dev.darkroom.store;

import dev.darkroom.job.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Images that are files below one of the allowed folders. Links are followed, but not out of that folder. Whatever is wrong with a path,
 * a caller reads the same words: they do not tell what exists elsewhere.
 */
final class PathSource {
    private final List<Path> roots;
    private final int largestFile;

    /** @param roots the allowed folders; none refuses every path */
    PathSource(List<Path> roots, int largestFile) {
        this.roots =
                roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
        this.largestFile = largestFile;
    }

    byte[] read(String field, String text) {
        if (roots.isEmpty()) {
            throw JobException.badInput(
                    field + ": paths are not allowed: this worker has no folders in DARKROOM_SOURCES_ROOTS");
        }
        for (Path root : roots) {
            Optional<byte[]> file = readBelow(root, field, text);
            if (file.isPresent()) {
                return file.get();
            }
        }
        throw JobException.badInput(
                field + ": must be a readable file below one of the folders in DARKROOM_SOURCES_ROOTS");
    }

    /** The file system is not asked about a path that leads elsewhere, so that nothing can be learnt from how long that takes. */
    private Optional<byte[]> readBelow(Path root, String field, String text) {
        try {
            Path real = root.toRealPath();
            Path file = root.resolve(text).normalize();
            return file.startsWith(root) || file.startsWith(real)
                    ? Optional.of(read(field, real, file.toRealPath()))
                    : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Both paths are without links, and the file is opened only if none has taken its place since. */
    private byte[] read(String field, Path root, Path file) throws IOException {
        if (!file.startsWith(root) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("no file below the folder");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(largestFile + 1);
            if (bytes.length > largestFile) {
                throw SourceImages.tooLarge(field, largestFile);
            }
            return bytes;
        }
    }
}
