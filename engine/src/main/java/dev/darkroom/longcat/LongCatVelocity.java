package dev.darkroom.longcat;

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
 * LongCat-Image's transformer with the conditioning of a run.
 *
 * @param rope rotations of text, then image tokens
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param reference packed latents of the reference picture, which follow the generated tokens at every step; null if there is none
 * @param shrinks true if no guided token may be longer than it is without guidance
 */
record LongCatVelocity(
        LongCatTransformer transformer,
        Run run,
        Prompts<Tensor> prompts,
        Tensor rope,
        List<StepCache.Pass> passes,
        @Nullable Tensor reference,
        boolean shrinks)
        implements Velocity {
    @Override
    public Steps over(double[] sigmas) {
        Conditioning steps = transformer.conditioning(numbers(sigmas).reshape(-1, 1));
        return (latents, step) -> at(latents, steps.at(step));
    }

    private Tensor at(Tensor latents, Conditioning step) {
        Tensor tokens = (reference == null ? latents : Tensor.cat(1, latents, reference.inBatchOf(latents)))
                .to(placement().dtype());
        Tensor velocity = predict(tokens, step, prompts.prompt(), passes.get(0));
        Tensor negative = prompts.negative();
        if (negative == null) {
            Probe.see("step0.noise_pred", velocity);
            return velocity;
        }
        Tensor away = predict(tokens, step, negative, passes.get(1));
        Tensor guided = shrinks
                ? FlowMatchSchedule.guideShrinking(velocity, away, run.trueCfgScale())
                : FlowMatchSchedule.guide(velocity, away, run.trueCfgScale());
        Probe.see("step0.noise_pred_cond", velocity);
        Probe.see("step0.noise_pred_uncond", away);
        Probe.see("step0.noise_pred", guided);
        return guided;
    }

    private Tensor predict(Tensor tokens, Conditioning step, Tensor embeds, StepCache.Pass pass) {
        return transformer
                .forward(tokens, embeds, step, rope, pass)
                .narrow(1, 0, run.grid().tokens());
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
