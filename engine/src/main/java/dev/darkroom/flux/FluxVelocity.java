package dev.darkroom.flux;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.flux.FluxPromptEncoder.PromptEmbeds;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * FLUX.1's transformer with the conditioning of a run.
 *
 * @param rope rotations of text, then image positions
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param input makes the transformer's tokens from the latents, which get conditions beside or behind them if there are any
 */
record FluxVelocity(
        FluxTransformer transformer, Run run, Prompts<PromptEmbeds> prompts, Tensor rope, List<StepCache.Pass> passes, UnaryOperator<Tensor> input)
        implements Velocity {
    /** Returns this velocity with conditions beside every token, or behind all of them. */
    FluxVelocity seeing(UnaryOperator<Tensor> conditioned) {
        return new FluxVelocity(transformer, run, prompts, rope, passes, conditioned);
    }

    @Override
    public Tensor at(Tensor latents, double sigma) {
        Tensor tokens = input.apply(latents);
        Tensor velocity = predict(tokens, sigma, prompts.prompt(), passes.get(0));
        PromptEmbeds negative = prompts.negative();
        return negative == null
                ? velocity
                : FlowMatchSchedule.guide(velocity, predict(tokens, sigma, negative, passes.get(1)), run.trueCfgScale());
    }

    private Tensor predict(Tensor tokens, double sigma, PromptEmbeds embeds, StepCache.Pass pass) {
        Tensor guidance = run.guidanceScale() == null ? null : number(run.guidanceScale());
        return transformer.forward(
                tokens.to(placement().dtype()), embeds.embeds(), embeds.pooled(), number(sigma), guidance, rope, pass)
                .narrow(1, 0, run.grid().tokens());
    }

    private Tensor number(double value) {
        return Tensor.of(new float[] {(float) value}, 1).to(placement().device());
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
