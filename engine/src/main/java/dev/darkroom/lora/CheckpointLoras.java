package dev.darkroom.lora;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.job.LoraFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the LoRAs that a checkpoint is always used with: the files that {@code loras} in its {@code darkroom.json} names, from its own
 * folder, in their state when the worker starts.
 */
public final class CheckpointLoras {
    private CheckpointLoras() {}

    /**
     * Finds the files that a checkpoint names, each with a scale of 1.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if one is not there
     */
    public static List<LoraFile> read(Path checkpoint) {
        ConfigFile config = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        List<LoraFile> loras = new ArrayList<>();
        for (String name : config.texts("loras")) {
            Path file = checkpoint.resolve(name).normalize();
            if (!file.startsWith(checkpoint.normalize()) || !Files.isRegularFile(file)) {
                throw config.error("loras", "names " + name + ", which is no file of this folder");
            }
            loras.add(new LoraFile(file, file.toString(), String.valueOf(file.getFileName()), 1));
        }
        return loras;
    }
}
