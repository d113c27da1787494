package dev.darkroom.meta;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the checkpoints of {@link Scenario}s, embedded or {@link Published}. */
final class Checkpoints {
    private Checkpoints() {}

    /** The folder of a checkpoint; a published one is written below {@code folder} unless it is there. */
    static Path at(String name, Path folder) throws IOException {
        Path embedded = TestCheckpoints.PAYLOADS.resolve("models").resolve(name);
        if (Files.isDirectory(embedded)) {
            return embedded;
        }
        Path written = folder.resolve(name);
        return Files.isDirectory(written) ? written : Published.named(name).write(written);
    }
}
