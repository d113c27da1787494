package dev.darkroom.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a tiny checkpoint for tests that are no Java: {@code TinyCheckpoint FLUX_FILL folder}. */
public final class TinyCheckpoint {
    private TinyCheckpoint() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        Files.createDirectories(folder);
        TinyPipeline.valueOf(arguments[0]).make(folder);
    }
}
