package dev.darkroom.weights;

import dev.darkroom.job.Size;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code darkroom.json} beside {@code model_index.json}: what a checkpoint does where a job says nothing.
 *
 * @param nativeArea asked for more pixels than this, it generates at this area and enlarges
 */
public record CheckpointDefaults(
        Size size,
        int steps,
        double guidanceScale,
        double trueCfgScale,
        int maxSequenceLength,
        Optional<Integer> nativeArea) {
    /** The file's fields over the given ones; the file may be missing. */
    public CheckpointDefaults overriddenBy(Path checkpoint) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        return new CheckpointDefaults(
                size(file),
                file.count("steps", steps),
                file.number("guidance_scale", guidanceScale),
                file.number("true_cfg_scale", trueCfgScale),
                file.count("max_sequence_length", maxSequenceLength),
                file.optionalCount("native_area").or(() -> nativeArea));
    }

    private Size size(ConfigFile file) {
        try {
            return Size.parse(file.text("size", size.toString()));
        } catch (IllegalArgumentException e) {
            throw file.error("size", "must be such as 1024x768: " + e.getMessage());
        }
    }
}
