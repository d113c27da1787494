package dev.darkroom.flux2;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FLUX.2's transformer with the conditioning of a run.
 *
 * @param rope rotations of text, then image positions
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param references tokens of the reference pictures, which follow the generated ones at every step; null if there are none
 */
record Flux2Velocity(
        Flux2Transformer transformer,
        Run run,
        Prompts<Tensor> prompts,
        Tensor rope,
        List<StepCache.Pass> passes,
        @Nullable Tensor references)
        implements Velocity {
    @Override
    public Steps over(double[] sigmas) {
        Tensor guidance = run.guidanceScale() == null ? null : numbers(run.guidanceScale());
        Conditioning steps = transformer.conditioning(numbers(sigmas).reshape(-1, 1), guidance);
        return (latents, step) -> at(latents, steps.at(step));
    }

    private Tensor at(Tensor latents, Conditioning step) {
        Tensor tokens = (references == null ? latents : Tensor.cat(1, latents, references.inBatchOf(latents)))
                .to(placement().dtype());
        Tensor velocity = predict(tokens, step, prompts.prompt(), passes.get(0));
        Tensor negative = prompts.negative();
        return negative == null
                ? velocity
                : FlowMatchSchedule.guide(
                        velocity, predict(tokens, step, negative, passes.get(1)), run.trueCfgScale());
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
