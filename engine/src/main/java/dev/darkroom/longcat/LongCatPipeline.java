package dev.darkroom.longcat;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt, which is not rewritten.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/pipeline_longcat_image.py}, LongCatImagePipeline.
 *
 * @param renorm true if no guided token may be longer than it is without guidance, as it is by default
 */
public record LongCatPipeline(LongCatCheckpoint checkpoint, boolean renorm) implements Pipeline {
    /** Defaults of the reference. */
    static final CheckpointDefaults DEFAULTS = new CheckpointDefaults(
            new Size(1024, 1024), 50, 0, 4.5, LongCatCheckpoint.LONGEST_SEQUENCE, Optional.empty());

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("text to image")) {
            // 1. prompt embeds
            var prompts = checkpoint.encode(run, List.of());
            timings.lap("encode");

            // 2. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 3. sigmas
            double[] sigmas = run.sigmas();

            // 4. denoise
            var velocity = checkpoint.velocity(run, prompts, List.of(run.grid()), null, renorm);
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 5. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    @Override
    public CheckpointDefaults defaults() {
        return DEFAULTS;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return job instanceof Job.TextToImage ? Fit.MADE_FOR : Fit.UNABLE;
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        faults.check(
                job instanceof Job.TextToImage, "image", "this model draws from a prompt alone: leave the image out");
    }

    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size output = framing == null ? defaults.size() : framing.size(defaults.size(), null);
        return PictureSizes.of(output, defaults.nativeArea());
    }
}
