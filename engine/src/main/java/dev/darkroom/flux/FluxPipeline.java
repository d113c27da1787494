package dev.darkroom.flux;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StartPicture;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.mmdit.Positions;
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
 * Draws a picture from a prompt (FLUX.1-schnell, -dev, Krea-dev); with a picture to start from, {@link FluxImg2ImgPipeline} does.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, FluxPipeline.
 */
public record FluxPipeline(FluxCheckpoint checkpoint) implements Pipeline {
    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        return sources.image() == null
                ? generate(run, noise, progress, timings)
                : new FluxImg2ImgPipeline(checkpoint).generate(run, sources.image(), noise, progress, timings);
    }

    /** Draws pictures from a prompt alone. */
    List<Picture> generate(Run run, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("text to image")) {
            // 1. prompt embeds
            var prompts = checkpoint.encode(run);
            timings.lap("encode");

            // 2. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 3. sigmas
            double[] sigmas = run.sigmas();

            // 4. denoise
            var velocity = checkpoint.velocity(run, prompts, new Positions().image(0, run.grid()));
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 5. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Defaults of the published checkpoints: distilled ones, which have no guidance embedding, take few steps and no guidance. */
    @Override
    public CheckpointDefaults defaults() {
        boolean distilled = !checkpoint.config().guidanceEmbeds();
        return new CheckpointDefaults(
                new Size(1024, 1024),
                distilled ? 4 : 28,
                distilled ? 0 : 3.5,
                1,
                distilled ? 256 : 512,
                Optional.empty());
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public Double usualStrength() {
        return StartPicture.USUAL_STRENGTH;
    }

    /** Degree to which the pipeline suits a job. A picture without a strength may be meant to be edited, which other models do. */
    @Override
    public Fit fit(Job.Generation job) {
        return switch (job) {
            case Job.TextToImage ignored -> Fit.MADE_FOR;
            case Job.FromImages from ->
                from.images().size() > 1 ? Fit.UNABLE : from.strength() == null ? Fit.ABLE : Fit.MADE_FOR;
            case Job.Fill ignored -> Fit.UNABLE;
        };
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        faults.check(!(job instanceof Job.Fill), "mask", "this model cannot fill: leave the mask out");
        if (job instanceof Job.FromImages from) {
            StartPicture.checkOne(from, faults);
        }
    }

    /** A picture that starts from another keeps its ratio, at the area of the model's own size. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        return StartPicture.sizes(framing, images, defaults);
    }
}
