package dev.darkroom.flux2;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StartPicture;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.image.PilResize;
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
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt, and from up to ten reference pictures (FLUX.2-dev, klein and klein base), whose tokens follow the generated
 * ones; or, with a strength, from one picture that is covered with noise.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2.py}, Flux2Pipeline, and {@code pipeline_flux2_klein.py},
 * Flux2KleinPipeline. Differences: a result that has exactly the frame of its reference is made from the whole of it, where the reference's
 * pipeline cuts what whole tokens leave over; and the reference starts from noise alone, where FLUX.1's takes a strength, and so does this.
 */
public record Flux2Pipeline(Flux2Checkpoint checkpoint, ReferenceSizes known) implements Pipeline {
    private static final Size SIZE = new Size(1024, 1024);

    /** References that its authors have it take. */
    private static final int MOST_IMAGES = 10;

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        boolean isStart = run.strength() != null;
        try (var job = Scope.open("flux2")) {
            // 1. prompt embeds
            var prompts = checkpoint.encode(run);

            // 2. image latents of the references
            List<ReferenceSizes.Reference> references = isStart
                    ? List.of()
                    : sources.images().stream().map(known::of).toList();
            Tensor imageLatents = references.isEmpty() ? null : imageLatents(latentSpace, references);
            timings.lap("encode");

            // 3. noise
            Tensor latents = latentSpace.fromNoiseOfTokens(
                    noise.draw(latentSpace.shapeOfTokens(run.grid())).getFirst());

            // 4. sigmas; from a start the first ones are left out
            double[] sigmas = run.sigmas();
            int first = run.firstStep();
            if (isStart) {
                latents = FlowMatchSchedule.addNoise(start(run, sources), latents, sigmas[first]);
            }

            // 5. denoise
            var grids = Stream.concat(Stream.of(run.grid()), references.stream().map(ReferenceSizes.Reference::grid));
            var velocity = checkpoint.velocity(run, prompts, grids.toList());
            latents = Denoiser.run(
                    latents,
                    sigmas,
                    first,
                    imageLatents == null
                            ? velocity
                            : velocity.seeing(noisy -> Tensor.cat(1, noisy, imageLatents.inBatchOf(noisy))),
                    progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Packed latents of the one picture that a run starts from. */
    private Tensor start(Run run, Sources sources) {
        Picture image = sources.images().getFirst();
        return checkpoint
                .latents()
                .mode(PictureKey.of(image, run.size()), () -> ImageProcessor.preprocess(image, run.size(), Device.CPU));
    }

    /** Packed latents of all references, one after another: {@code [1, S, 4C]}. */
    private static Tensor imageLatents(PackedLatents latentSpace, List<ReferenceSizes.Reference> references) {
        Tensor imageLatents = Tensor.cat(
                1,
                references.stream()
                        .map(reference -> latentSpace.mode(
                                reference.key(),
                                () -> ImageProcessor.preprocess(
                                        reference.seen(), reference.key().size(), Device.CPU)))
                        .toArray(Tensor[]::new));
        Probe.see("mid.image_latents_packed", imageLatents);
        return imageLatents;
    }

    /** Warms up with an edit of a picture as large as the run. */
    @Override
    public void warmUp(Run run, Noise noise) {
        Sources black = new Sources(List.of(Picture.black(run.size())), null, List.of());
        generate(run, black, noise, Progress.NONE, new Timings());
    }

    /** Defaults of the published checkpoints: distilled ones take few steps of one pass, klein base two passes. */
    @Override
    public CheckpointDefaults defaults() {
        var usual = new CheckpointDefaults(
                SIZE,
                50,
                checkpoint.guidance().embedded() ? 4 : 0,
                checkpoint.guidance().usualNegativePrompt() == null ? 1 : 4,
                Flux2Checkpoint.LONGEST_SEQUENCE,
                Optional.empty());
        return checkpoint.isDistilled() ? usual.distilledTo(4) : usual;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens()
                + images.stream()
                        .mapToInt(image -> TokenGrid.of(known.seen(image)).tokens())
                        .sum();
    }

    @Override
    public boolean edits() {
        return true;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return switch (job) {
            case Job.TextToImage ignored -> Fit.MADE_FOR;
            case Job.FromImages from ->
                from.images().size() > most(from) ? Fit.UNABLE : from.strength() == null ? Fit.MADE_FOR : Fit.ABLE;
            case Job.Fill ignored -> Fit.UNABLE;
        };
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        faults.check(!(job instanceof Job.Fill), "mask", "this model edits without a mask: leave it out");
        if (job instanceof Job.FromImages from) {
            int images = from.images().size();
            faults.check(
                    images <= most(from),
                    "images",
                    "this model takes at most " + most(from) + (from.strength() == null ? "" : " with a strength")
                            + ", not " + images);
        }
    }

    private static int most(Job.FromImages job) {
        return job.strength() == null ? MOST_IMAGES : 1;
    }

    /** A picture that is to fill the frame of its one reference is made from all of it, without edges that tokens would cut off. */
    @Override
    public Sources framed(Sources sources, @Nullable Framing framing) {
        Picture image = sources.image();
        return image != null && Framing.isFrameOf(framing, sources.images().size())
                ? new Sources(
                        List.of(PilResize.LANCZOS.apply(image, known.of(image.size()))),
                        sources.mask(),
                        sources.loras())
                : sources;
    }

    /** A picture with references is as large as what is seen of the first one, where no size is asked for, or that picture's own. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Optional<Size> asked = StartPicture.asked(framing, images, defaults);
        if (images.isEmpty()) {
            return PictureSizes.of(asked.orElse(defaults.size()), defaults.nativeArea());
        }
        Size seen = known.of(images.getFirst());
        boolean asSeen = framing == null || framing instanceof Framing.LikeImage like && like.megapixels() == null;
        return asSeen
                ? new PictureSizes(seen, asked.orElse(seen))
                : PictureSizes.of(asked.orElse(seen), defaults.nativeArea());
    }
}
