package dev.darkroom.flux;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StartPicture;
import dev.darkroom.diffusion.TokenGrid;
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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt and a reference picture (FLUX.1-Kontext), whose tokens follow the generated ones. Without a reference this
 * is text to image.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_kontext.py}, FluxKontextPipeline.
 */
public record FluxKontextPipeline(FluxCheckpoint checkpoint, KontextSizes known) implements Pipeline {
    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        return sources.image() == null
                ? new FluxPipeline(checkpoint).generate(run, noise, progress, timings)
                : generate(run, sources.image(), noise, progress, timings);
    }

    private List<Picture> generate(Run run, Picture image, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("kontext")) {
            // 1. prompt embeds
            Size reference = known.reference(image.size());
            var positions = new Positions().image(0, run.grid()).image(1, TokenGrid.of(reference));
            var prompts = checkpoint.encode(run);
            Probe.see("mid.img_ids", positions.ids());

            // 2. image latents of the reference
            Tensor imageLatents = latentSpace.mode(PictureKey.of(image, reference), () -> pixels(image, reference));
            Probe.see("mid.image_latents_packed", imageLatents);
            timings.lap("encode");

            // 3. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 4. sigmas
            double[] sigmas = run.sigmas();

            // 5. denoise
            var velocity = checkpoint
                    .velocity(run, prompts, positions)
                    .seeing(noisy -> Tensor.cat(1, noisy, imageLatents.inBatchOf(noisy)));
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    private static Tensor pixels(Picture image, Size reference) {
        Tensor pixels = ImageProcessor.preprocess(image, reference, Device.CPU);
        Probe.see("mid.image", pixels);
        return pixels;
    }

    /** Warms up with an edit of a picture as small as the run. */
    @Override
    public void warmUp(Run run, Noise noise) {
        var asItIs = new KontextSizes(known.maxArea(), false);
        new FluxKontextPipeline(checkpoint, asItIs)
                .generate(run, Picture.black(run.size()), noise, Progress.NONE, new Timings());
    }

    @Override
    public CheckpointDefaults defaults() {
        return new CheckpointDefaults(new Size(1024, 1024), 28, 3.5, 1, 512, Optional.empty());
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens()
                + images.stream()
                        .mapToInt(image -> TokenGrid.of(known.reference(image)).tokens())
                        .sum();
    }

    @Override
    public boolean edits() {
        return true;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return switch (job) {
            case Job.TextToImage ignored -> Fit.ABLE;
            case Job.FromImages from ->
                from.images().size() == 1 && from.strength() == null ? Fit.MADE_FOR : Fit.UNABLE;
            case Job.Fill ignored -> Fit.UNABLE;
        };
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        faults.check(!(job instanceof Job.Fill), "mask", "this model edits without a mask: leave it out");
        if (job instanceof Job.FromImages from) {
            faults.check(
                    from.strength() == null, "strength", "this model edits by instruction: leave the strength out");
            StartPicture.checkOne(from, faults);
        }
    }

    /** An edit keeps the ratio of its picture, at the area that the model was trained on. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Optional<Size> asked = StartPicture.asked(framing, images, defaults);
        if (asked.isEmpty() && !images.isEmpty()) {
            Size generated = known.generated(images.getFirst());
            return new PictureSizes(generated, generated);
        }
        Size output = asked.orElse(defaults.size());
        return new PictureSizes(known.generated(output), output);
    }
}
