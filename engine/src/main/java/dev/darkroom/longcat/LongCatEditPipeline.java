package dev.darkroom.longcat;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.image.PilResize;
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
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Edits a picture as a prompt asks, which is not rewritten: the text encoder sees the picture at half its sides, and its tokens follow the
 * generated ones.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/pipeline_longcat_image_edit.py}, LongCatImageEditPipeline. Differences:
 * a size may be asked for.
 *
 * @param area at which pictures are seen and generated, about, in pixels
 * @param distilled true for the published checkpoint of few steps
 */
public record LongCatEditPipeline(LongCatCheckpoint checkpoint, long area, boolean distilled) implements Pipeline {
    private static final int STEPS_OF_DISTILLED = 8;

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("edit")) {
            // 1. prompt embeds
            List<Reference> references =
                    sources.images().stream().map(this::reference).toList();
            var prompts = checkpoint.encode(run, references);

            // 2. image latents of the reference
            Reference reference = references.getFirst();
            Tensor imageLatents = latentSpace.mode(reference.latents(), reference::pixels);
            Probe.see("mid.image_latents_packed", imageLatents);
            timings.lap("encode");

            // 3. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 4. sigmas
            double[] sigmas = run.sigmas();

            // 5. denoise
            var grids = List.of(run.grid(), TokenGrid.of(reference.latents().size()));
            var velocity = checkpoint.velocity(run, prompts, grids, imageLatents, false);
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Makes a reference of a picture: resized for the autoencoder, and from there for the text encoder. */
    public Reference reference(Picture picture) {
        Size size = generated(picture.size());
        return Reference.of(
                PilResize.LANCZOS.apply(picture, size), new Size(size.width() / 2, size.height() / 2), size);
    }

    /** Chooses the size of the generated picture, in the ratio of another one. */
    public Size generated(Size ratio) {
        double widthToHeight = (double) ratio.width() / ratio.height();
        double width = Math.sqrt(area * widthToHeight);
        return new Size((int) Math.ceil(width), (int) Math.ceil(width / widthToHeight)).ceilTo(TokenGrid.PIXELS);
    }

    /** Warms up with an edit of a picture as small as the run. */
    @Override
    public void warmUp(Run run, Noise noise) {
        Sources black = new Sources(List.of(Picture.black(run.size())), null, List.of());
        new LongCatEditPipeline(checkpoint, run.size().area(), distilled)
                .generate(run, black, noise, Progress.NONE, new Timings());
    }

    @Override
    public CheckpointDefaults defaults() {
        return distilled ? LongCatPipeline.DEFAULTS.distilledTo(STEPS_OF_DISTILLED) : LongCatPipeline.DEFAULTS;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens()
                + images.stream()
                        .mapToInt(image -> TokenGrid.of(generated(image)).tokens())
                        .sum();
    }

    @Override
    public boolean edits() {
        return true;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return job instanceof Job.FromImages from && from.images().size() == 1 && from.strength() == null
                ? Fit.MADE_FOR
                : Fit.UNABLE;
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        switch (job) {
            case Job.TextToImage ignored -> faults.add("image", "is missing: this model edits pictures by instruction");
            case Job.Fill ignored -> faults.add("mask", "this model edits without a mask: leave it out");
            case Job.FromImages from -> {
                int images = from.images().size();
                faults.check(
                        from.strength() == null, "strength", "this model edits by instruction: leave the strength out");
                faults.check(images == 1, "images", "this model takes one image, not " + images);
            }
        }
    }

    /** An edit is computed at the model's own area: in the ratio of its picture, or in that of the size that was asked for. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size picture = images.isEmpty() ? defaults.size() : images.getFirst();
        if (framing == null) {
            return new PictureSizes(generated(picture), generated(picture));
        }
        Size output = framing.size(defaults.size(), picture);
        return new PictureSizes(generated(framing instanceof Framing.LikeImage ? picture : output), output);
    }
}
