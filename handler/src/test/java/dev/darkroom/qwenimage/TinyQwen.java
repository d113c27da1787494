package dev.darkroom.qwenimage;

import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Residency;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Qwen-Image checkpoints of tiny networks with random weights, of every kind. */
final class TinyQwen {
    private static final Path CHECKPOINT = Path.of("src/test/resources/goldens/tiny-qwen-image-edit");

    private TinyQwen() {}

    /**
     * Makes a checkpoint in an empty folder.
     *
     * @param pipeline what its {@code model_index.json} names
     * @param defaults its {@code darkroom.json}
     */
    static Path make(Path folder, String pipeline, String defaults) throws IOException {
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

    /** Opens and loads a checkpoint, where there is room for everything. */
    static QwenModel load(Path checkpoint) {
        QwenModel model = QwenModel.open("qwen", checkpoint, Limits.STANDARD, new Loras(0));
        var roomy = new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty()));
        try {
            roomy.prepare(model.networks(), Progress.NONE);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
