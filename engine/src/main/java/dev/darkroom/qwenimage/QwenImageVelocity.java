package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
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
        Prompts<Conditioning> prompts,
        int generatedTokens,
        double trueCfgScale,
        List<StepCache.Pass> passes,
        @Nullable Tensor references)
        implements Velocity {
    /** Prompt embeds {@code [1, T, prompt width]} and the rotations that go with their length. */
    record Conditioning(Tensor embeds, Tensor rope) {}

    /**
     * Makes a velocity without references.
     *
     * @param positions of all image tokens
     */
    static QwenImageVelocity of(
            QwenImageTransformer transformer, Run run, Prompts<Tensor> prompts, QwenImagePositions positions) {
        Prompts<Conditioning> conditioning = prompts.map(embeds -> new Conditioning(
                embeds,
                positions.rope(
                        (int) embeds.size(1),
                        transformer.config(),
                        transformer.placement().device())));
        return new QwenImageVelocity(
                transformer,
                conditioning,
                positions.generatedTokens(),
                run.trueCfgScale(),
                run.stepCache().passes(conditioning, positions.generatedTokens()),
                null);
    }

    /** Returns this velocity with the packed latents of references, which the transformer sees at every step. */
    QwenImageVelocity seeing(Tensor imageLatents) {
        return new QwenImageVelocity(transformer, prompts, generatedTokens, trueCfgScale, passes, imageLatents);
    }

    @Override
    public Tensor at(Tensor latents, double sigma) {
        Tensor tokens = references == null ? latents : Tensor.cat(1, latents, references);
        Tensor velocity = predict(tokens, sigma, prompts.prompt(), passes.get(0));
        Conditioning negative = prompts.negative();
        if (negative == null) {
            return velocity;
        }
        Tensor away = predict(tokens, sigma, negative, passes.get(1));
        Tensor guided = FlowMatchSchedule.guideKeepingLength(velocity, away, trueCfgScale);
        Probe.see("step0.noise_pred_cond", velocity);
        Probe.see("step0.noise_pred_uncond", away);
        Probe.see("step0.noise_pred_rescaled", guided);
        return guided;
    }

    private Tensor predict(Tensor tokens, double sigma, Conditioning by, StepCache.Pass pass) {
        Tensor level = Tensor.of(new float[] {(float) sigma}, 1).to(placement().device());
        return transformer
                .forward(tokens.to(placement().dtype()), by.embeds, level, by.rope, generatedTokens, null, pass)
                .narrow(1, 0, generatedTokens);
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
