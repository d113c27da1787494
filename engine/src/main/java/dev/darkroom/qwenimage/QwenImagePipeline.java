package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.Guidance;
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
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws a picture from a prompt.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage.py}, QwenImagePipeline.
 */
public record QwenImagePipeline(QwenImageCheckpoint checkpoint) implements Pipeline {
    /** Defaults of the published model cards. */
    static final CheckpointDefaults DEFAULTS =
            new CheckpointDefaults(new Size(1024, 1024), 50, 0, 4, 512, Optional.empty());

    /** True CFG, away from the negative prompt of the published examples. */
    static final Guidance GUIDANCE = new Guidance(false, " ");

    /** Number of tokens that the text encoder was trained to read. */
    static final int LONGEST_SEQUENCE = 1024;

    @Override
    public Picture generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("text to image")) {
            // 1. prompt embeds
            var prompts = checkpoint.encode(run, PromptTemplate.TEXT, List.of());
            timings.lap("encode");

            // 2. noise
            Tensor latents = latentSpace.fromNoise(
                    noise.draw(latentSpace.shape(run.grid())).getFirst());

            // 3. sigmas
            double[] sigmas = run.sigmas();

            // 4. denoise
            var velocity = checkpoint.velocity(run, prompts, new QwenImagePositions(List.of(run.grid())));
            latents = Denoiser.run(latents, sigmas, velocity, progress);
            timings.lap("denoise");

            // 5. decode
            Picture picture = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return picture;
        }
    }

    @Override
    public CheckpointDefaults defaults() {
        return DEFAULTS;
    }

    @Override
    public Guidance guidance() {
        return GUIDANCE;
    }

    @Override
    public int longestSequence() {
        return LONGEST_SEQUENCE;
    }

    @Override
    public FlowMatchSchedule distilled(FlowMatchSchedule usual) {
        return FlowMatchSchedule.lightning();
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
    public void checkPrompt(String field, String prompt, Faults faults) {
        QwenImagePromptEncoder.checkImageToken(field, prompt, faults);
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return checkpoint.promptEncoder().noteIfCut(what, prompt, maxSequenceLength);
    }

    @Override
    public PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults) {
        Size output = framing == null ? defaults.size() : framing.size(defaults.size(), null);
        return PictureSizes.of(output, defaults.nativeArea());
    }
}
