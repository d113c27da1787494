package dev.darkroom.longcat;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** LongCat-Image checkpoints of tiny networks with random weights, of every kind. */
public final class TinyLongCat {
    public static final Path IMAGE = TestCheckpoints.GOLDENS.resolve("tiny-longcat-image");

    private TinyLongCat() {}

    /**
     * Makes a checkpoint in an empty folder that draws from prompts.
     *
     * @param defaults its {@code darkroom.json}
     */
    public static Path image(Path folder, String defaults) throws IOException {
        TestCheckpoints.copy(IMAGE, folder);
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }

    /** Makes a checkpoint in an empty folder that edits. */
    public static Path edit(Path folder, String defaults) throws IOException {
        image(folder, defaults);
        TestCheckpoints.copy(TestCheckpoints.GOLDENS.resolve("tiny-longcat-edit"), folder);
        return folder;
    }
}
