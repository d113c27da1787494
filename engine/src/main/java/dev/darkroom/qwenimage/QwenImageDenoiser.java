package dev.darkroom.qwenimage;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Progress;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The loop that all Qwen-Image pipelines share: predict the velocity, step along it, until no noise is left. */
final class QwenImageDenoiser {
    private final QwenImageTransformer transformer;
    private final QwenImagePositions positions;
    private final Guided prompt;
    private final @Nullable Guided negative;
    private final double trueCfgScale;

    /** Prompt embeds {@code [1, T, prompt width]} and the rotations that go with their length. */
    private record Guided(Tensor embeds, Tensor rope) {}

    QwenImageDenoiser(
            QwenImageTransformer transformer, QwenImagePositions positions, Prompts prompts, double trueCfgScale) {
        this.transformer = transformer;
        this.positions = positions;
        this.prompt = guided(prompts.prompt());
        this.negative = prompts.negative() == null ? null : guided(prompts.negative());
        this.trueCfgScale = trueCfgScale;
    }

    private Guided guided(Tensor embeds) {
        return new Guided(
                embeds,
                positions.rope(
                        (int) embeds.size(1),
                        transformer.config(),
                        transformer.placement().device()));
    }

    /**
     * Denoises packed latents.
     *
     * @param latents noise, float32 {@code [1, S, 4C]}
     * @param references packed latents of the reference pictures, which follow the generated tokens at every step; null if there are none
     */
    Tensor run(Tensor latents, double[] sigmas, @Nullable Tensor references, Progress progress) {
        try (var loop = Scope.open("denoise")) {
            int steps = sigmas.length - 1;
            progress.report(0, steps);
            for (int i = 0; i < steps; i++) {
                try (var step = Scope.open("step")) {
                    Tensor velocity =
                            predict(references == null ? latents : Tensor.cat(1, latents, references), sigmas[i]);
                    Tensor next = FlowMatchSchedule.step(latents, velocity, sigmas[i], sigmas[i + 1]);
                    latents = loop.replace(latents, step.keep(next));
                }
                Probe.see("step", i, "latents", latents);
                if (!latents.await()) {
                    throw new JobException(
                            JobException.Code.INTERNAL,
                            "step " + (i + 1) + " gave numbers that are not finite: the element type "
                                    + transformer.placement().dtype() + " does not suit this checkpoint",
                            null);
                }
                progress.report(i + 1, steps);
            }
            return loop.keep(latents);
        }
    }

    private Tensor predict(Tensor tokens, double sigma) {
        Tensor velocity = predict(tokens, sigma, prompt);
        if (negative == null) {
            return velocity;
        }
        Tensor away = predict(tokens, sigma, negative);
        Tensor guided = FlowMatchSchedule.guideKeepingLength(velocity, away, trueCfgScale);
        Probe.see("step0.noise_pred_cond", velocity);
        Probe.see("step0.noise_pred_uncond", away);
        Probe.see("step0.noise_pred_rescaled", guided);
        return guided;
    }

    private Tensor predict(Tensor tokens, double sigma, Guided by) {
        Tensor level = Tensor.of(new float[] {(float) sigma}, 1)
                .to(transformer.placement().device());
        return transformer
                .forward(
                        tokens.to(transformer.placement().dtype()),
                        by.embeds,
                        level,
                        by.rope,
                        positions.generatedTokens(),
                        null)
                .narrow(1, 0, positions.generatedTokens());
    }
}
