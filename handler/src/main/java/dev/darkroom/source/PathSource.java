package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads images from files below one of the allowed folders. Whatever is wrong with a path, the error has the same words: it does not
 * reveal which files exist elsewhere.
 */
final class PathSource {
    private final AllowedFolders folders;
    private final int largestFile;

    /** @param roots the allowed folders; none refuses every path */
    PathSource(List<Path> roots, int largestFile) {
        this.folders = new AllowedFolders(roots);
        this.largestFile = largestFile;
    }

    byte[] read(String field, String text) {
        if (folders.isEmpty()) {
            throw JobException.badInput(
                    field + ": paths are not allowed: this worker has no folders in DARKROOM_SOURCES_ROOTS");
        }
        return folders.find(text).stream()
                .flatMap(file -> content(field, file, largestFile).stream())
                .findFirst()
                .orElseThrow(() -> JobException.badInput(
                        field + ": must be a readable file below one of the folders in DARKROOM_SOURCES_ROOTS"));
    }

    /** Reads a file, unless it has gone, or a link has taken its place since. */
    static Optional<byte[]> content(String field, Path file, int largestFile) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(largestFile + 1);
            if (bytes.length > largestFile) {
                throw SourceImages.tooLarge(field, largestFile);
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
