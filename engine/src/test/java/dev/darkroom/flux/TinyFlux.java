package dev.darkroom.flux;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** FLUX checkpoints of tiny networks with random weights, of every kind. */
public final class TinyFlux {
    public static final Path DEV = TestCheckpoints.GOLDENS.resolve("tiny-flux-dev");
    public static final Path SCHNELL = TestCheckpoints.GOLDENS.resolve("tiny-flux-schnell");

    private TinyFlux() {}

    /** The checkpoint of which nothing is loaded. */
    static FluxCheckpoint open() {
        return FluxCheckpoint.of(new Checkpoint("tiny", DEV));
    }

    /** Makes an editing checkpoint in an empty folder, with the areas of the published one. */
    public static Path kontext(Path folder) throws IOException {
        return kontext(folder, "{}");
    }

    /**
     * Makes an editing checkpoint in an empty folder.
     *
     * @param defaults its {@code darkroom.json}
     */
    public static Path kontext(Path folder, String defaults) throws IOException {
        TestCheckpoints.copy(DEV, folder);
        TestCheckpoints.edit(
                folder.resolve("model_index.json"), index -> index.put("_class_name", "FluxKontextPipeline"));
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }

    /** Makes a filling checkpoint in an empty folder. */
    public static Path fill(Path folder) throws IOException {
        TestCheckpoints.copy(DEV, folder);
        TestCheckpoints.empty(folder.resolve("transformer"), "");
        TestCheckpoints.copy(TestCheckpoints.GOLDENS.resolve("tiny-flux-fill"), folder);
        return folder;
    }
}
