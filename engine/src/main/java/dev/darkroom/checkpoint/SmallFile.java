package dev.darkroom.checkpoint;

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
            requireRegular(file);
            if (Files.size(file) > LARGEST) {
                throw new CheckpointException(file + " is larger than " + LARGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CheckpointException.unreadable(file, e);
        }
    }

    /**
     * Checks that there is a file: opening a pipe would wait for its writer, and a device has no end.
     *
     * @throws CheckpointException if there is none, or a folder, a pipe, a socket or a device in its place
     */
    public static void requireRegular(Path file) {
        if (Files.isRegularFile(file)) {
            return;
        }
        String reason = Files.isDirectory(file) ? "it is a folder" : "it is no regular file";
        throw new CheckpointException(file + (Files.exists(file) ? " cannot be read: " + reason : " is missing"));
    }
}
