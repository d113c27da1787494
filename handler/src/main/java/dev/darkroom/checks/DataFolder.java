package dev.darkroom.checks;

import dev.darkroom.job.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checks that the data folder takes files: without it no job can be accepted, nor a picture be stored in it. */
public final class DataFolder {
    private static final String FILE = ".writable";

    /** As large as a picture: a disk that is all but full takes an empty file. */
    private static final int BYTES = 256 << 10;

    private DataFolder() {}

    /** Writes a file and deletes it again; returns why that failed, empty if it did not. */
    public static Optional<String> trouble(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            try {
                Files.createDirectories(folder);
                Files.write(file, new byte[BYTES]);
            } finally {
                Files.deleteIfExists(file);
            }
            return Optional.empty();
        } catch (FileSystemException e) {
            return Optional.of("it takes no files: "
                    + Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName()));
        } catch (IOException e) {
            return Optional.of("it takes no files: " + Reason.of(e));
        }
    }
}
