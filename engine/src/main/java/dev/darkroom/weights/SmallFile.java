package dev.darkroom.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a checkpoint's small files into memory: configs, indexes, tokenizers. */
public final class SmallFile {
    private static final long LARGEST = 64L << 20;

    private SmallFile() {}

    /** Reads a file that must be there and must not be larger than 64 MB. */
    public static byte[] read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException(file + " is missing");
            }
            if (Files.size(file) > LARGEST) {
                throw new CheckpointException(file + " is larger than " + LARGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
