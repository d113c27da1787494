package dev.darkroom.flux;

import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.weights.CheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of the FLUX.1 pipelines a checkpoint is made for, and what that pipeline accepts. */
sealed interface FluxKind {
    /** The pipelines of diffusers that these are, as {@code model_index.json} names them. */
    List<String> PIPELINES = List.of("FluxPipeline", "FluxImg2ImgPipeline", "FluxKontextPipeline", "FluxFillPipeline");

    /** The one that {@code model_index.json} names. */
    static FluxKind of(String className, Path checkpoint, FluxConfig config, int latentChannels) {
        int latentWidth = 4 * latentChannels;
        FluxKind pipeline = switch (className) {
            case "FluxPipeline", "FluxImg2ImgPipeline" -> new Text(!config.guidanceEmbeds());
            case "FluxKontextPipeline" -> new Kontext();
            case "FluxFillPipeline" -> new Fill();
            default ->
                throw new CheckpointException(checkpoint + "/model_index.json: _class_name '" + className
                        + "' is none of " + String.join(", ", PIPELINES));
        };
        int expected = pipeline instanceof Fill ? 2 * latentWidth + 256 : latentWidth;
        if (config.inChannels() != expected || config.outChannels() != latentWidth) {
            throw new CheckpointException(checkpoint + "/transformer/config.json: " + className + " needs in_channels "
                    + expected + " and out_channels " + latentWidth + ", not " + config.inChannels() + " and "
                    + config.outChannels());
        }
        return pipeline;
    }

    /** The reference's defaults. */
    CheckpointDefaults defaults();

    /** How well it suits a job, by what the job brings. */
    Fit fit(Job job);

    /** Notes what this pipeline cannot do of a job. */
    void check(Job job, Faults faults);

    private static void checkOne(Job.FromImages job, Faults faults) {
        int images = job.images().size();
        faults.check(images == 1, "images", "this model takes one image, not " + images);
    }

    /**
     * The sizes of a run.
     *
     * @param asked null where the job names none
     * @param image the job's source image, if it has one
     */
    default PictureSizes sizes(@Nullable Size asked, @Nullable Picture image, CheckpointDefaults defaults) {
        Size output = asked == null ? defaults.size() : asked;
        return PictureSizes.of(output, defaults.nativeArea());
    }

    /**
     * Text to image and image to image.
     *
     * @param distilled to few steps, and without guidance
     */
    record Text(boolean distilled) implements FluxKind {
        @Override
        public CheckpointDefaults defaults() {
            return new CheckpointDefaults(
                    new Size(1024, 1024),
                    distilled ? 4 : 28,
                    distilled ? 0 : 3.5,
                    1,
                    distilled ? 256 : 512,
                    Optional.empty());
        }

        /** A picture without a strength may be meant to be edited, which other models do. */
        @Override
        public Fit fit(Job job) {
            return switch (job) {
                case Job.TextToImage ignored -> Fit.MADE_FOR;
                case Job.FromImages from -> from.images().size() > 1 ? Fit.UNABLE : fit(from.strength());
                case Job.Fill ignored -> Fit.UNABLE;
            };
        }

        private static Fit fit(@Nullable Double strength) {
            return strength == null ? Fit.ABLE : Fit.MADE_FOR;
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(!(job instanceof Job.Fill), "mask", "this model cannot fill: leave the mask out");
            if (job instanceof Job.FromImages from) {
                checkOne(from, faults);
            }
        }

        /** A picture that starts from another keeps its ratio, at the area of the model's own size. */
        @Override
        public PictureSizes sizes(@Nullable Size asked, @Nullable Picture image, CheckpointDefaults defaults) {
            Size output = asked == null && image != null
                    ? image.size()
                            .scaledTo((double) defaults.size().area())
                            .nearest(FluxRequest.MULTIPLE, Limits.SHORTEST_SIDE)
                    : asked;
            return FluxKind.super.sizes(output, image, defaults);
        }
    }

    /** Editing by instruction. */
    record Kontext() implements FluxKind {
        @Override
        public CheckpointDefaults defaults() {
            return new CheckpointDefaults(new Size(1024, 1024), 28, 3.5, 1, 512, Optional.empty());
        }

        @Override
        public Fit fit(Job job) {
            return switch (job) {
                case Job.TextToImage ignored -> Fit.ABLE;
                case Job.FromImages from ->
                    from.images().size() == 1 && from.strength() == null ? Fit.MADE_FOR : Fit.UNABLE;
                case Job.Fill ignored -> Fit.UNABLE;
            };
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(!(job instanceof Job.Fill), "mask", "this model edits without a mask: leave it out");
            if (job instanceof Job.FromImages from) {
                faults.check(
                        from.strength() == null, "strength", "this model edits by instruction: leave the strength out");
                checkOne(from, faults);
            }
        }

        /** An edit keeps the ratio of its picture, at the area that the model was trained on. */
        @Override
        public PictureSizes sizes(@Nullable Size asked, @Nullable Picture image, CheckpointDefaults defaults) {
            var known = new KontextSizes(
                    defaults.nativeArea().orElse(KontextSizes.STANDARD.maxArea()), KontextSizes.STANDARD.preferred());
            if (asked == null && image != null) {
                Size generated = known.generated(image.size());
                return new PictureSizes(generated, generated);
            }
            Size output = asked == null ? defaults.size() : asked;
            return new PictureSizes(known.generated(output), output);
        }
    }

    /** Painting a masked part anew. */
    record Fill() implements FluxKind {
        private static final long MOST_PIXELS = 2L << 20;

        @Override
        public CheckpointDefaults defaults() {
            return new CheckpointDefaults(new Size(1024, 1024), 50, 30, 1, 512, Optional.empty());
        }

        @Override
        public Fit fit(Job job) {
            return job instanceof Job.Fill ? Fit.MADE_FOR : Fit.UNABLE;
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(job instanceof Job.Fill, "mask", "this model fills: it needs image and mask");
        }

        /** A filled picture keeps its size, as long as the model can work at it. */
        @Override
        public PictureSizes sizes(@Nullable Size asked, @Nullable Picture image, CheckpointDefaults defaults) {
            Size output = asked == null && image != null ? image.size().within(MOST_PIXELS) : asked;
            return FluxKind.super.sizes(output, image, defaults);
        }
    }
}
