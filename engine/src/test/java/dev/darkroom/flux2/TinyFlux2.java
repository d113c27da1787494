package dev.darkroom.flux2;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tiny checkpoints of FLUX.2. */
public final class TinyFlux2 {
    public static final Path KLEIN = TestCheckpoints.GOLDENS.resolve("tiny-flux2-klein");
    public static final Path DEV = TestCheckpoints.GOLDENS.resolve("tiny-flux2-dev-full");

    private TinyFlux2() {}

    /**
     * Makes a checkpoint in an empty folder.
     *
     * @param defaults its {@code darkroom.json}
     */
    public static Path make(Path like, Path folder, String defaults) throws IOException {
        TestCheckpoints.copy(like, folder);
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }

    /** Turns a checkpoint of klein into one that is not distilled. */
    public static Path base(Path checkpoint) throws IOException {
        TestCheckpoints.edit(checkpoint.resolve("model_index.json"), index -> index.put("is_distilled", false));
        return checkpoint;
    }
}
