package dev.darkroom.zimage;

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
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt (Z-Image-Turbo, Z-Image); with a picture to start from, or to repaint, {@link ZImageImg2ImgPipeline} does.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/z_image/pipeline_z_image.py}, ZImagePipeline.
 */
public record ZImagePipeline(ZImageCheckpoint checkpoint) implements Pipeline {
    private static final Size SIZE = new Size(1024, 1024);
    private static final int SEQUENCE = 512;
    private static final CheckpointDefaults TURBO = new CheckpointDefaults(SIZE, 8, 0, 1, SEQUENCE, Optional.empty());
    private static final CheckpointDefaults BASE = new CheckpointDefaults(SIZE, 50, 0, 5, SEQUENCE, Optional.empty());

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        return sources.image() == null
                ? generate(run, noise, progress, timings)
                : new ZImageImg2ImgPipeline(checkpoint).generate(run, sources, noise, progress, timings);
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
            latents = Denoiser.run(latents, sigmas, checkpoint.velocity(run, prompts), progress);
            timings.lap("denoise");

            // 5. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Defaults of the published checkpoints: the distilled one takes few steps of one pass, the other one true CFG. */
    @Override
    public CheckpointDefaults defaults() {
        return checkpoint.isDistilled() ? TURBO : BASE;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public Double usualStrength() {
        return StartPicture.USUAL_STRENGTH;
    }

    /**
     * Degree to which the pipeline suits a job. A picture without a strength may be meant to be edited, and masks are repainted better by
     * models that see what is around them.
     */
    @Override
    public Fit fit(Job.Generation job) {
        return switch (job) {
            case Job.TextToImage ignored -> Fit.MADE_FOR;
            case Job.FromImages from ->
                from.images().size() > 1 ? Fit.UNABLE : from.strength() == null ? Fit.ABLE : Fit.MADE_FOR;
            case Job.Fill ignored -> Fit.ABLE;
        };
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        if (job instanceof Job.FromImages from) {
            StartPicture.checkOne(from, faults);
        }
    }

    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        return StartPicture.sizes(framing, images, defaults);
    }

    /** From a prompt alone noise is drawn in float32, whatever the network computes in. */
    @Override
    public DType noiseType(DType computing, Sources sources) {
        return sources.images().isEmpty() ? DType.FLOAT32 : computing;
    }
}
