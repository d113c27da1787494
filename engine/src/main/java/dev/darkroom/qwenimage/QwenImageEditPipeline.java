package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PackedLatents;
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
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Edits pictures as a prompt asks: the text encoder sees them beside the prompt, and their tokens follow the generated ones.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage_edit.py}, QwenImageEditPipeline, and
 * {@code pipeline_qwenimage_edit_plus.py}, QwenImageEditPlusPipeline.
 *
 * @param style one of the two pipelines, with the areas at which it sees pictures
 */
public record QwenImageEditPipeline(QwenImageCheckpoint checkpoint, EditStyle style) implements Pipeline {
    private static final int LONGEST_PROMPT = 2048;

    @Override
    public List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("edit")) {
            // 1. prompt embeds
            List<Reference> references =
                    sources.images().stream().map(style::reference).toList();
            var prompts = checkpoint.encode(run, style.template(), references);

            // 2. image latents of the references
            Tensor imageLatents = imageLatents(latentSpace, references);
            timings.lap("encode");

            // 3. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 4. sigmas
            double[] sigmas = run.sigmas();

            // 5. denoise
            var velocity = checkpoint
                    .velocity(run, prompts, positions(run.grid(), references))
                    .seeing(imageLatents);
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 6. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }

    /** Packed latents of all references, one after another: {@code [1, S, 4C]}. */
    static Tensor imageLatents(PackedLatents latentSpace, List<Reference> references) {
        Tensor imageLatents = Tensor.cat(
                1,
                references.stream()
                        .map(reference -> latentSpace.mode(reference.latents(), reference::pixels))
                        .toArray(Tensor[]::new));
        Probe.see("mid.image_latents_packed", imageLatents);
        return imageLatents;
    }

    /** Positions of the generated tokens, then of those of the references. */
    static QwenImagePositions positions(TokenGrid generated, List<Reference> references) {
        Stream<TokenGrid> seen = references.stream()
                .map(reference -> TokenGrid.of(reference.latents().size()));
        return new QwenImagePositions(Stream.concat(Stream.of(generated), seen).toList());
    }

    /** Warms up with an edit of a picture as small as the run. */
    @Override
    public void warmUp(Run run, Noise noise) {
        Sources black = new Sources(List.of(Picture.black(run.size())), null, List.of());
        new QwenImageEditPipeline(checkpoint, style.at(run.size().area()))
                .generate(run, black, noise, Progress.NONE, new Timings());
    }

    @Override
    public CheckpointDefaults defaults() {
        return QwenImagePipeline.DEFAULTS;
    }

    @Override
    public Family family() {
        return checkpoint;
    }

    @Override
    public int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens()
                + images.stream()
                        .mapToInt(image -> TokenGrid.of(style.generated(image)).tokens())
                        .sum();
    }

    @Override
    public boolean edits() {
        return true;
    }

    @Override
    public Fit fit(Job.Generation job) {
        return job instanceof Job.FromImages from
                        && from.images().size() <= style.mostImages()
                        && from.strength() == null
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
                faults.check(
                        images <= style.mostImages(),
                        "images",
                        "this model takes at most " + style.mostImages() + ", not " + images);
            }
        }
    }

    /** Notes a fault of a prompt that is too long: beside a picture a prompt is never cut, as in the reference. */
    @Override
    public void checkPrompt(String field, String prompt, Faults faults) {
        checkpoint.checkPrompt(field, prompt, faults);
        int tokens = checkpoint.promptEncoder().tokens(prompt);
        faults.check(tokens <= LONGEST_PROMPT, field, "must make at most " + LONGEST_PROMPT + " tokens, not " + tokens);
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return Optional.empty();
    }

    /**
     * Chooses the sizes of a run: an edit keeps the ratio of its last picture, as in the reference. An edit that is to fill exactly the
     * frame of its first picture is computed on that picture's own grid of tokens: if the two grids differ, the model shifts and zooms.
     */
    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        if (framing == null) {
            Size generated = style.generated(images.getLast());
            return new PictureSizes(generated, generated);
        }
        Size output = framing.size(defaults.size(), images.getFirst());
        return framing instanceof Framing.LikeImage
                ? new PictureSizes(style.generated(images.getFirst()), output)
                : PictureSizes.of(output, defaults.nativeArea());
    }
}
