package dev.darkroom.lora;

import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    /** {@link Loras#attach}, the checkpoint's own behind the job's. */
    public Adapted attach(List<LoraFile> ofJob, List<Loras.Network> networks) {
        return loras.attach(Stream.concat(ofJob.stream(), own.stream()).toList(), networks);
    }

    /** All that a job is drawn with, as jobs name them. */
    public List<Lora> with(List<Lora> ofJob) {
        return Stream.concat(ofJob.stream(), own.stream().map(file -> new Lora(file.name(), file.scale())))
                .toList();
    }

    /** The same for a picture's metadata, by their files' names alone; empty for none. */
    public Optional<List<String>> describe(List<Lora> ofJob) {
        List<String> all = with(ofJob).stream()
                .map(lora -> lora.source().replaceAll("[?#].*", "").replaceAll(".*/", "") + " × " + lora.scale())
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }
}
