package dev.darkroom.longcat;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Run;
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
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt, or edits a picture as a prompt asks: then the text encoder sees the picture too, and its tokens follow the
 * generated ones. Prompts are not rewritten.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/}, LongCatImagePipeline and LongCatImageEditPipeline. Differences: an
 * edit may be asked for in a size.
 *
 * @param style the way in which pictures are edited; empty for a checkpoint that draws from prompts
 * @param renorm true if guidance makes no token longer, as it is by default where pictures come from prompts
 */
public record LongCatPipeline(LongCatCheckpoint checkpoint, Optional<LongCatEdits> style, boolean renorm)
        implements Pipeline {
    private static final CheckpointDefaults DEFAULTS = new CheckpointDefaults(
            new Size(1024, 1024), 50, 0, 4.5, LongCatCheckpoint.LONGEST_SEQUENCE, Optional.empty());

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open(style.isPresent() ? "edit" : "text to image")) {
            // 1. prompt embeds
            Optional<Reference> reference =
                    style.map(edits -> edits.reference(sources.images().getFirst()));
            var prompts = checkpoint.encode(run, reference.stream().toList());
            int textTokens = (int) prompts.prompt().size(1);
            var positions = new Positions().text(textTokens).image(1, textTokens, run.grid());

            // 2. image latents of the reference
            Optional<Tensor> imageLatents =
                    reference.map(picture -> latentSpace.mode(picture.latents(), picture::pixels));
            imageLatents.ifPresent(latents -> Probe.see("mid.image_latents_packed", latents));
            reference.ifPresent(picture -> positions.image(
                    2, textTokens, TokenGrid.of(picture.latents().size())));
            Probe.see("mid.txt_ids", () -> positions.ids().narrow(0, 0, textTokens));
            Probe.see("mid.img_ids", () -> positions.ids().narrow(0, textTokens, positions.tokens() - textTokens));
            timings.lap("encode");

            // 3. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 4. sigmas
            double[] sigmas = run.sigmas();

            // 5. denoise
            var velocity = checkpoint
                    .velocity(
                            run,
                            prompts,
                            positions,
                            renorm ? FlowMatchSchedule::guideShrinking : FlowMatchSchedule::guide)
                    .seeing(noisy -> imageLatents
                            .map(seen -> Tensor.cat(1, noisy, seen.inBatchOf(noisy)))
                            .orElse(noisy));
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Warms up with an edit of a picture as small as the run. */
    @Override
    public void warmUp(Run run, Noise noise) {
        var small = style.map(edits -> new LongCatEdits(run.size().area(), edits.distilled()));
        var black = new Sources(
                small.map(edits -> Picture.black(run.size())).stream().toList(), null, List.of());
        new LongCatPipeline(checkpoint, small, renorm).generate(run, black, noise, Progress.NONE, new Timings());
    }

    @Override
    public CheckpointDefaults defaults() {
        return style.filter(LongCatEdits::distilled).isPresent()
                ? DEFAULTS.distilledTo(LongCatEdits.STEPS_OF_DISTILLED)
                : DEFAULTS;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens()
                + style.stream()
                        .flatMap(edits -> images.stream().map(edits::generated))
                        .mapToInt(size -> TokenGrid.of(size).tokens())
                        .sum();
    }

    /** From a prompt alone noise is drawn in float32, whatever the network computes in; for an edit in the type of the embeds. */
    @Override
    public DType noiseType(DType computing, Sources sources) {
        return style.isEmpty() ? DType.FLOAT32 : computing;
    }

    @Override
    public boolean edits() {
        return style.isPresent();
    }

    @Override
    public Fit fit(Job.Generation job) {
        boolean fits = switch (job) {
            case Job.TextToImage ignored -> style.isEmpty();
            case Job.FromImages from -> style.isPresent() && from.images().size() == 1 && from.strength() == null;
            case Job.Fill ignored -> false;
        };
        return fits ? Fit.MADE_FOR : Fit.UNABLE;
    }

    @Override
    public void check(Job.Generation job, Faults faults) {
        if (style.isEmpty()) {
            faults.check(
                    job instanceof Job.TextToImage,
                    "image",
                    "this model draws from a prompt alone: leave the image out");
            return;
        }
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

    /** An edit is computed at the model's own area, in the ratio of its picture or of the size that was asked for. */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size image = images.isEmpty() ? defaults.size() : images.getFirst();
        Optional<Size> asked =
                Optional.ofNullable(framing).map(known -> known.size(defaults.size(), images.isEmpty() ? null : image));
        return style.map(edits -> {
                    Size own = edits.generated(framing instanceof Framing.LikeImage ? image : asked.orElse(image));
                    return new PictureSizes(own, asked.orElse(own));
                })
                .orElseGet(() -> PictureSizes.of(asked.orElse(defaults.size()), defaults.nativeArea()));
    }
}
