package dev.darkroom.model;

import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images, mask and LoRAs that a job brings beside its prompt, read and decoded.
 *
 * @param images in the job's order; none where the job has none
 * @param mask white where to paint
 * @param loras to draw with
 */
public record Sources(List<Picture> images, @Nullable Picture mask, List<LoraFile> loras) {
    /** Sources of jobs that bring nothing. */
    public static final Sources NONE = new Sources(List.of(), null, List.of());

    public Sources {
        images = List.copyOf(images);
        loras = List.copyOf(loras);
    }

    /** First image; null if there is none. */
    public @Nullable Picture image() {
        return images.isEmpty() ? null : images.getFirst();
    }
}
