package dev.darkroom.zimage;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tiny checkpoints of Z-Image. */
public final class TinyZImage {
    public static final Path TURBO = TestCheckpoints.GOLDENS.resolve("tiny-zimage");

    private TinyZImage() {}

    /**
     * Makes a checkpoint in an empty folder.
     *
     * @param defaults its {@code darkroom.json}
     */
    public static Path make(Path folder, String defaults) throws IOException {
        TestCheckpoints.copy(TURBO, folder);
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }

    /** Turns a checkpoint into one with the schedule of Z-Image, which is not distilled. */
    public static Path base(Path checkpoint) throws IOException {
        TestCheckpoints.edit(
                checkpoint.resolve("scheduler/scheduler_config.json"), schedule -> schedule.put("shift", 6.0));
        return checkpoint;
    }
}
