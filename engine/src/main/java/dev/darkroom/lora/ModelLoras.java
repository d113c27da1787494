package dev.darkroom.lora;

import dev.darkroom.job.LoraFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The LoRAs that a model draws with: those of a job, and those that its checkpoint is always used with.
 *
 * @param own of the checkpoint
 */
public record ModelLoras(Loras loras, List<LoraFile> own) {
    /** @throws dev.darkroom.weights.CheckpointException if one of the checkpoint's own is not there */
    public static ModelLoras of(Path checkpoint, Loras loras) {
        return new ModelLoras(loras, CheckpointLoras.read(checkpoint));
    }

    /** {@link Loras#attach}, those of the checkpoint behind the job's. */
    public Adapted attach(List<LoraFile> ofJob, List<Loras.Network> networks) {
        return loras.attach(ofJob, own, networks);
    }

    /** All that a job is drawn with, for a picture's metadata; empty for none. */
    public List<Map<String, Object>> describe(List<LoraFile> ofJob) {
        return Stream.concat(ofJob.stream(), own.stream())
                .map(ModelLoras::describe)
                .toList();
    }

    /** In this order always: it is written into files, whose bytes follow from the job. */
    private static Map<String, Object> describe(LoraFile file) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("name", file.name());
        description.put("scale", file.scale());
        return description;
    }
}
