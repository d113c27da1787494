package dev.darkroom.model;

import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.video.VideoFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images, mask, video and LoRAs that a job brings beside its prompt, read and decoded.
 *
 * @param images in the job's order; none where the job has none
 * @param mask white where to paint
 * @param loras to draw with
 * @param video whose frames an animation follows; null for none
 */
public record Sources(
        List<Picture> images,
        @Nullable Picture mask,
        List<LoraFile> loras,
        @Nullable VideoFile video) {
    /** Sources of jobs that bring nothing. */
    public static final Sources NONE = new Sources(List.of(), null, List.of());

    /** Sources without a video. */
    public Sources(List<Picture> images, @Nullable Picture mask, List<LoraFile> loras) {
        this(images, mask, loras, null);
    }

    public Sources {
        images = List.copyOf(images);
        loras = List.copyOf(loras);
    }

    /** First image; null if there is none. */
    public @Nullable Picture image() {
        return images.isEmpty() ? null : images.getFirst();
    }
}
