package dev.darkroom.lora;

import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The LoRAs of a model: the cache for those of jobs, and those that its checkpoint is always used with.
 *
 * @param own LoRAs of the checkpoint
 */
public record ModelLoras(Loras loras, List<LoraFile> own) {
    /**
     * Finds the LoRAs of a checkpoint.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if one of them is not there
     */
    public static ModelLoras of(Path checkpoint, Loras loras) {
        return new ModelLoras(loras, CheckpointLoras.read(checkpoint));
    }

    /**
     * Attaches the LoRAs of a job, and behind them those of the checkpoint, as {@link Loras#attach} does.
     *
     * @throws JobException also for a control LoRA: no pipeline here gives it the picture that it needs
     */
    public Adapted attach(List<LoraFile> ofJob, List<Loras.Network> networks) {
        Adapted adapted = loras.attach(ofJob, own, networks);
        adapted.control().ifPresent(field -> {
            adapted.close();
            throw JobException.badInput(
                    field + ": is a control LoRA (as FLUX.1 Canny and Depth are): it takes a control"
                            + " image beside the noise, and this worker has no pipeline for that");
        });
        return adapted;
    }

    /** Bytes that LoRAs take while a job is drawn with its own, at most: theirs, the checkpoint's, and those that are cached from other jobs. */
    public long bytes(List<LoraFile> ofJob) {
        return loras.cachedBytes()
                + Stream.concat(ofJob.stream(), own.stream())
                        .mapToLong(lora -> lora.file().toFile().length())
                        .sum();
    }

    /** Frees the LoRAs that are cached from earlier jobs; between two jobs only. */
    public void forget() {
        loras.forget();
    }

    /** Describes all LoRAs that a job is drawn with, for a picture's metadata; empty for none. */
    public List<Map<String, Object>> describe(List<LoraFile> ofJob) {
        return Stream.concat(ofJob.stream(), own.stream())
                .map(ModelLoras::describe)
                .toList();
    }

    /** Describes one LoRA, its fields always in this order: they are written into files, whose bytes must follow from the job alone. */
    private static Map<String, Object> describe(LoraFile file) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("name", file.name());
        description.put("scale", file.scale());
        return description;
    }
}
