package dev.darkroom.flux;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.flux.FluxPromptEncoder.PromptEmbeds;
import dev.darkroom.nn.Conditioning;
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
        FluxTransformer transformer,
        Run run,
        Prompts<PromptEmbeds> prompts,
        Tensor rope,
        List<StepCache.Pass> passes,
        UnaryOperator<Tensor> input)
        implements Velocity {
    /** Returns this velocity with conditions beside every token, or behind all of them. */
    FluxVelocity seeing(UnaryOperator<Tensor> conditioned) {
        return new FluxVelocity(transformer, run, prompts, rope, passes, conditioned);
    }

    @Override
    public Steps over(double[] sigmas) {
        Tensor levels = numbers(sigmas).reshape(-1, 1);
        Tensor guidance = run.guidanceScale() == null ? null : numbers(run.guidanceScale());
        Prompts<Conditioning> by = prompts.map(embeds -> transformer.conditioning(levels, guidance, embeds.pooled()));
        return (latents, step) -> at(latents, step, by);
    }

    private Tensor at(Tensor latents, int step, Prompts<Conditioning> by) {
        Tensor tokens = input.apply(latents).to(placement().dtype());
        Tensor velocity = predict(tokens, prompts.prompt(), by.prompt().at(step), passes.get(0));
        PromptEmbeds negative = prompts.negative();
        return negative == null || by.negative() == null
                ? velocity
                : FlowMatchSchedule.guide(
                        velocity, predict(tokens, negative, by.negative().at(step), passes.get(1)), run.trueCfgScale());
    }

    private Tensor predict(Tensor tokens, PromptEmbeds embeds, Conditioning by, StepCache.Pass pass) {
        return transformer
                .forward(tokens, embeds.embeds(), by, rope, pass)
                .narrow(1, 0, run.grid().tokens());
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
