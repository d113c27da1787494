package dev.darkroom.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that every input of a fuzz target is written to, for readers that want one. It goes when the process ends. */
public final class ScratchFile {
    private final Path path;

    /** Creates an empty file of that name, alone in a folder. */
    public ScratchFile(String name) {
        try {
            Path folder = Files.createTempDirectory("fuzz");
            path = Files.createFile(folder.resolve(name));
            folder.toFile().deleteOnExit();
            path.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the content. */
    public Path holding(byte[] content) {
        try {
            return Files.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
