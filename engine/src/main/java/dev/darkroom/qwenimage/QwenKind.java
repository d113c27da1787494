package dev.darkroom.qwenimage;

import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Size;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of the Qwen-Image pipelines a checkpoint is made for, and what that pipeline accepts. */
sealed interface QwenKind {
    /** The pipelines of diffusers that these are, as {@code model_index.json} names them. */
    List<String> PIPELINES = List.of("QwenImagePipeline", "QwenImageEditPipeline", "QwenImageEditPlusPipeline");

    /** The one that {@code model_index.json} names, with the areas of {@code darkroom.json} beside it. */
    static QwenKind of(String className, Path checkpoint) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        int reference = file.count("reference_area", 1024 * 1024);
        return switch (className) {
            case "QwenImagePipeline" -> new Text();
            case "QwenImageEditPipeline" -> new Edit(new EditStyle.Single(reference));
            case "QwenImageEditPlusPipeline" ->
                new Edit(new EditStyle.Plus(reference, file.count("condition_area", 384 * 384)));
            default ->
                throw new CheckpointException(checkpoint + "/model_index.json: _class_name '" + className
                        + "' is none of " + String.join(", ", PIPELINES));
        };
    }

    /** The defaults of the published model cards. */
    CheckpointDefaults DEFAULTS = new CheckpointDefaults(new Size(1024, 1024), 50, 0, 4, 512, Optional.empty());

    /** Those of a checkpoint that was distilled, or that such a LoRA was merged into. */
    static CheckpointDefaults lightningDefaults(int steps) {
        return new CheckpointDefaults(new Size(1024, 1024), steps, 0, 1, 512, Optional.empty());
    }

    /** How well it suits a job, by what the job brings. */
    Fit fit(Job job);

    /** Notes what this pipeline cannot do of a job. */
    void check(Job job, Faults faults);

    /**
     * The sizes of a run.
     *
     * @param framing null where the job asks for no size
     * @param images sizes of the job's source images
     */
    PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults);

    /** Text to image. */
    record Text() implements QwenKind {
        @Override
        public Fit fit(Job job) {
            return job instanceof Job.TextToImage ? Fit.MADE_FOR : Fit.UNABLE;
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(
                    job instanceof Job.TextToImage,
                    "image",
                    "this model draws from a prompt alone: leave the image out");
        }

        @Override
        public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
            Size output = framing == null ? defaults.size() : framing.size(defaults.size(), null);
            return PictureSizes.of(output, defaults.nativeArea());
        }
    }

    /** Editing by instruction. */
    record Edit(EditStyle style) implements QwenKind {
        @Override
        public Fit fit(Job job) {
            return job instanceof Job.FromImages from
                            && from.images().size() <= style.mostImages()
                            && from.strength() == null
                    ? Fit.MADE_FOR
                    : Fit.UNABLE;
        }

        @Override
        public void check(Job job, Faults faults) {
            switch (job) {
                case Job.TextToImage ignored ->
                    faults.add("image", "is missing: this model edits pictures by instruction");
                case Job.Fill ignored -> faults.add("mask", "this model edits without a mask: leave it out");
                case Job.FromImages from ->
                    faults.check(
                                    from.strength() == null,
                                    "strength",
                                    "this model edits by instruction: leave the strength out")
                            .check(
                                    from.images().size() <= style.mostImages(),
                                    "images",
                                    "this model takes at most " + style.mostImages() + ", not "
                                            + from.images().size());
            }
        }

        /**
         * An edit keeps the ratio of its last picture, as the reference has it. One that is to fill the very frame of its first picture is
         * computed on that picture's own grid of tokens: where the two differ, the model shifts and zooms.
         */
        @Override
        public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
            if (framing == null) {
                Size generated = style.generated(images.getLast());
                return new PictureSizes(generated, generated);
            }
            Size output = framing.size(defaults.size(), images.getFirst());
            return framing instanceof Framing.LikeImage
                    ? new PictureSizes(style.generated(images.getFirst()), output)
                    : PictureSizes.of(output, defaults.nativeArea());
        }
    }
}
