package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Qwen-Image's transformer with the conditioning of a run.
 *
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param references packed latents of the reference pictures, which follow the generated tokens at every step; null if there are none
 */
record QwenImageVelocity(
        QwenImageTransformer transformer,
        Prompts<Prompt> prompts,
        int generatedTokens,
        double trueCfgScale,
        List<StepCache.Pass> passes,
        @Nullable Tensor references)
        implements Velocity {
    /** Prompt embeds {@code [1, T, prompt width]} and the rotations that go with their length. */
    record Prompt(Tensor embeds, Tensor rope) {}

    /**
     * Makes a velocity without references.
     *
     * @param positions of all image tokens
     */
    static QwenImageVelocity of(
            QwenImageTransformer transformer, Run run, Prompts<Tensor> prompts, QwenImagePositions positions) {
        Prompts<Prompt> withRope = prompts.map(embeds -> new Prompt(
                embeds,
                positions.rope(
                        (int) embeds.size(1),
                        transformer.config(),
                        transformer.placement().device())));
        return new QwenImageVelocity(
                transformer,
                withRope,
                positions.generatedTokens(),
                run.trueCfgScale(),
                run.stepCache().passes(withRope, positions.generatedTokens()),
                null);
    }

    /** Returns this velocity with the packed latents of references, which the transformer sees at every step. */
    QwenImageVelocity seeing(Tensor imageLatents) {
        return new QwenImageVelocity(transformer, prompts, generatedTokens, trueCfgScale, passes, imageLatents);
    }

    @Override
    public Steps over(double[] sigmas) {
        Conditioning steps = transformer.conditioning(numbers(sigmas).reshape(-1, 1));
        return (latents, step) -> at(latents, steps.at(step));
    }

    private Tensor at(Tensor latents, Conditioning step) {
        Tensor tokens = (references == null ? latents : Tensor.cat(1, latents, references.inBatchOf(latents)))
                .to(placement().dtype());
        Tensor velocity = predict(tokens, step, prompts.prompt(), passes.get(0));
        Prompt negative = prompts.negative();
        if (negative == null) {
            return velocity;
        }
        Tensor away = predict(tokens, step, negative, passes.get(1));
        Tensor guided = FlowMatchSchedule.guideKeepingLength(velocity, away, trueCfgScale);
        Probe.see("step0.noise_pred_cond", velocity);
        Probe.see("step0.noise_pred_uncond", away);
        Probe.see("step0.noise_pred_rescaled", guided);
        return guided;
    }

    private Tensor predict(Tensor tokens, Conditioning step, Prompt by, StepCache.Pass pass) {
        return transformer
                .forward(tokens, by.embeds, step, by.rope, generatedTokens, null, pass)
                .narrow(1, 0, generatedTokens);
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
