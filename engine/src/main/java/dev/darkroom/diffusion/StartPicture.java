package dev.darkroom.diffusion;

import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import dev.darkroom.model.CheckpointDefaults;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of jobs that start from one picture, which pipelines of all families share. */
public final class StartPicture {
    /** Strength of a job that names none, in the reference's pipelines for images. */
    public static final double USUAL_STRENGTH = 0.6;

    private StartPicture() {}

    /** Notes a fault if there are more images than one. */
    public static void checkOne(Job.FromImages job, Faults faults) {
        int images = job.images().size();
        faults.check(images == 1, "images", "this model takes one image, not " + images);
    }

    /** Chooses sizes: those that are asked for, or those of a picture that keeps the ratio of its start, at the area of the model's own size. */
    public static PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size usual = images.isEmpty()
                ? defaults.size()
                : images.getFirst()
                        .scaledTo((double) defaults.size().area())
                        .nearest(TokenGrid.PIXELS, Limits.SHORTEST_SIDE);
        return PictureSizes.of(asked(framing, images, defaults).orElse(usual), defaults.nativeArea());
    }

    /** Size that a job asks for, stated or by its first image. */
    public static Optional<Size> asked(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        return Optional.ofNullable(framing)
                .map(known -> known.size(defaults.size(), images.isEmpty() ? null : images.getFirst()));
    }
}
