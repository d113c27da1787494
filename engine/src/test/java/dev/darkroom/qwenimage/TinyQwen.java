package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Qwen-Image checkpoints of tiny networks with random weights, of every kind. */
public final class TinyQwen {
    private static final Path CHECKPOINT = Path.of("src/test/resources/goldens/tiny-qwen-image-edit");

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
        try (Stream<Path> files = Files.walk(CHECKPOINT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(CHECKPOINT.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, Files.readString(index).replace("QwenImageEditPlusPipeline", pipeline));
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }
}
