package dev.darkroom.flux;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PictureKey;
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
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Repaints the masked part of a picture (FLUX.1-Fill): latents of the masked picture and the mask itself stand beside the noisy latents in
 * every token. White is repainted, black stays.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_fill.py}, FluxFillPipeline, with strength 1.
 */
public record FluxFillPipeline(FluxCheckpoint checkpoint) implements Pipeline {
    private static final long MOST_PIXELS = 2L << 20;

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        Picture image = Objects.requireNonNull(sources.image(), "image");
        Picture mask = Objects.requireNonNull(sources.mask(), "mask");
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("fill")) {
            // 1. prompt embeds
            var prompts = checkpoint.encode(run);

            // 2. noise; the reference draws once for the whole picture's latents first, which strength 1 leaves unused
            long[] shape = latentSpace.shape(run.grid());
            List<Tensor> draws = noise.draw(shape, shape, shape);
            Tensor latents = latentSpace.fromNoise(draws.get(1));

            // 3. the picture without its masked part, and the mask
            Tensor binary = ImageProcessor.preprocessMask(mask, run.size(), Device.CPU); // [1, 1, H, W]
            Tensor maskedLatents = latentSpace.sample(
                    PictureKey.ofMasked(image, mask, run.size()),
                    () -> masked(image, binary, run.size()),
                    draws.get(2)); // [B, S, 4C]
            Tensor maskTokens =
                    LatentPacking.packMask(binary).to(latentSpace.target().device()); // [1, S, 256]
            Tensor conditions = Tensor.cat(2, maskedLatents, maskTokens.inBatchOf(maskedLatents));
            Probe.see("mid.mask_image", binary);
            Probe.see("mid.mask_packed", maskTokens);
            Probe.see("mid.masked_latents_packed", maskedLatents);
            timings.lap("encode");

            // 4. sigmas
            double[] sigmas = run.sigmas();

            // 5. denoise
            var velocity = checkpoint
                    .velocity(run, prompts, new Positions().image(0, run.grid()))
                    .seeing(noisy -> Tensor.cat(2, noisy, conditions));
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    private static Tensor masked(Picture image, Tensor binary, Size size) {
        Tensor pixels = ImageProcessor.preprocess(image, size, Device.CPU).times(binary.affine(-1, 1));
        Probe.see("mid.masked_image", pixels);
        return pixels;
    }

    @Override
    public void warmUp(Run run, Noise noise) {
        Picture black = Picture.black(run.size());
        generate(run, new Sources(List.of(black), black, List.of()), noise, Progress.NONE, new Timings());
    }

    @Override
    public CheckpointDefaults defaults() {
        return new CheckpointDefaults(new Size(1024, 1024), 50, 30, 1, 512, Optional.empty());
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return job instanceof Job.Fill ? Fit.MADE_FOR : Fit.UNABLE;
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        faults.check(job instanceof Job.Fill, "mask", "this model fills: it needs image and mask");
    }

    /** A filled picture keeps its size, as long as the model can work at it. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size usual = images.isEmpty() ? defaults.size() : images.getFirst().within(MOST_PIXELS);
        return PictureSizes.of(StartPicture.asked(framing, images, defaults).orElse(usual), defaults.nativeArea());
    }
}
