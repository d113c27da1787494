package dev.darkroom.flux;

import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.weights.CheckpointDefaults;
import dev.darkroom.weights.CheckpointException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of the FLUX.1 pipelines a checkpoint is made for, and what that pipeline accepts. */
sealed interface FluxKind {
    /** The one that {@code model_index.json} names. */
    static FluxKind of(String className, Path checkpoint, FluxComponents components) {
        int latentWidth = 4 * components.vae().config().latentChannels();
        FluxKind pipeline = switch (className) {
            case "FluxPipeline", "FluxImg2ImgPipeline" -> new Text(new FluxPipeline(components));
            case "FluxKontextPipeline" -> new Kontext(new FluxKontextPipeline(components, KontextSizes.STANDARD));
            case "FluxFillPipeline" -> new Fill(new FluxFillPipeline(components));
            default ->
                throw new CheckpointException(checkpoint + "/model_index.json: _class_name '" + className
                        + "' is none of FluxPipeline, FluxKontextPipeline, FluxFillPipeline");
        };
        FluxConfig config = components.transformer().config();
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

    /** Notes what this pipeline cannot do of a job. */
    void check(Job job, Faults faults);

    /** The size of a picture whose job names none. */
    default Size size(Size standard, @Nullable Picture image) {
        return standard;
    }

    /** The size that the pipeline computes at, for one that was asked for: a multiple of 16, within the area that the model knows. */
    default Size generatedSize(Size asked, CheckpointDefaults defaults) {
        if (defaults.nativeArea().isPresent()
                && asked.area() > defaults.nativeArea().get()) {
            return asked.within(defaults.nativeArea().get()).floorTo(FluxRequest.MULTIPLE);
        }
        return asked.ceilTo(FluxRequest.MULTIPLE);
    }

    /** Text to image and image to image. */
    record Text(FluxPipeline pipeline) implements FluxKind {
        @Override
        public CheckpointDefaults defaults() {
            boolean distilled = !pipeline.components().transformer().config().guidanceEmbeds();
            return new CheckpointDefaults(
                    new Size(1024, 1024),
                    distilled ? 4 : 28,
                    distilled ? 0 : 3.5,
                    1,
                    distilled ? 256 : 512,
                    Optional.empty());
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(!(job instanceof Job.Fill), "mask", "this model cannot fill: leave the mask out");
        }
    }

    /** Editing by instruction. */
    record Kontext(FluxKontextPipeline pipeline) implements FluxKind {
        @Override
        public CheckpointDefaults defaults() {
            return new CheckpointDefaults(new Size(1024, 1024), 28, 3.5, 1, 512, Optional.empty());
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(!(job instanceof Job.Fill), "mask", "this model edits without a mask: leave it out");
            if (job instanceof Job.FromImage fromImage) {
                faults.check(
                        fromImage.strength() == null,
                        "strength",
                        "this model edits by instruction: leave the strength out");
            }
        }

        /** An edit keeps the ratio of its picture. */
        @Override
        public Size size(Size standard, @Nullable Picture image) {
            return image == null ? standard : pipeline.sizes().generated(image.size());
        }

        @Override
        public Size generatedSize(Size asked, CheckpointDefaults defaults) {
            return pipeline.sizes().generated(asked);
        }
    }

    /** Painting a masked part anew. */
    record Fill(FluxFillPipeline pipeline) implements FluxKind {
        private static final long MOST_PIXELS = 2L << 20;

        @Override
        public CheckpointDefaults defaults() {
            return new CheckpointDefaults(new Size(1024, 1024), 50, 30, 1, 512, Optional.empty());
        }

        @Override
        public void check(Job job, Faults faults) {
            faults.check(job instanceof Job.Fill, "mask", "this model fills: it needs image and mask");
        }

        /** A filled picture keeps its size, as long as the model can work at it. */
        @Override
        public Size size(Size standard, @Nullable Picture image) {
            return image == null ? standard : image.size().within(MOST_PIXELS);
        }
    }
}
