package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Qwen-Image checkpoints of tiny networks with random weights, of every kind. */
public final class TinyQwen {
    static final Path CHECKPOINT = TestCheckpoints.GOLDENS.resolve("tiny-qwen-image-edit");

    private TinyQwen() {}

    /** The checkpoint of which nothing is loaded. */
    static QwenImageCheckpoint open() {
        return QwenImageCheckpoint.of(
                new Checkpoint("tiny", CHECKPOINT), Qwen2VlImageProcessor.read(CHECKPOINT.resolve("processor")));
    }

    /**
     * Makes a checkpoint in an empty folder.
     *
     * @param pipeline what its {@code model_index.json} names
     * @param defaults its {@code darkroom.json}
     */
    public static Path make(Path folder, String pipeline, String defaults) throws IOException {
        TestCheckpoints.copy(CHECKPOINT, folder);
        TestCheckpoints.edit(folder.resolve("model_index.json"), index -> index.put("_class_name", pipeline));
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }
}
