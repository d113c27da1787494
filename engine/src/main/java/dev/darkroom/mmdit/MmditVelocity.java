package dev.darkroom.mmdit;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A transformer with the conditioning of a run.
 *
 * @param prompts embeds {@code [1, T, prompt width]}
 * @param conditioning makes what the blocks take for the prompts, from noise levels {@code [steps, 1]}
 * @param rope rotations of text, then image positions
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param guide joins the predictions of both
 * @param input makes the transformer's tokens from the latents, which get conditions beside or behind them if there are any
 */
public record MmditVelocity(
        Mmdit transformer,
        Placement placement,
        Run run,
        Prompts<Tensor> prompts,
        Function<Tensor, Prompts<Conditioning>> conditioning,
        Tensor rope,
        List<StepCache.Pass> passes,
        Guide guide,
        UnaryOperator<Tensor> input)
        implements Velocity {
    /** A rule of classifier-free guidance. */
    @FunctionalInterface
    public interface Guide {
        /** Moves a prediction away from that for the negative prompt. */
        Tensor away(Tensor prediction, Tensor negative, double scale);
    }

    /** Makes a velocity without conditions. */
    public static MmditVelocity of(
            Mmdit transformer,
            Placement placement,
            Run run,
            Prompts<Tensor> prompts,
            Function<Tensor, Prompts<Conditioning>> conditioning,
            Tensor rope,
            Guide guide) {
        List<StepCache.Pass> passes = run.stepCache().passes(prompts, run.grid().tokens());
        return new MmditVelocity(
                transformer, placement, run, prompts, conditioning, rope, passes, guide, tokens -> tokens);
    }

    /** Returns this velocity with conditions beside every token, or behind all of them. */
    public MmditVelocity seeing(UnaryOperator<Tensor> conditioned) {
        return new MmditVelocity(transformer, placement, run, prompts, conditioning, rope, passes, guide, conditioned);
    }

    @Override
    public Steps over(double[] sigmas) {
        Prompts<Conditioning> by = conditioning.apply(numbers(sigmas).reshape(-1, 1));
        return (latents, step) -> at(latents, step, by);
    }

    private Tensor at(Tensor latents, int step, Prompts<Conditioning> by) {
        Tensor tokens = input.apply(latents).to(placement.dtype());
        Tensor velocity = predict(tokens, prompts.prompt(), by.prompt().at(step), passes.get(0));
        Tensor negative = prompts.negative();
        if (negative == null || by.negative() == null) {
            Probe.see("step0.noise_pred", velocity);
            return velocity;
        }
        Tensor away = predict(tokens, negative, by.negative().at(step), passes.get(1));
        Tensor guided = guide.away(velocity, away, run.trueCfgScale());
        Probe.see("step0.noise_pred_cond", velocity);
        Probe.see("step0.noise_pred_uncond", away);
        Probe.see("step0.noise_pred", guided);
        return guided;
    }

    private Tensor predict(Tensor tokens, Tensor embeds, Conditioning by, StepCache.Pass pass) {
        return transformer
                .forward(tokens, embeds, by, rope, pass)
                .narrow(1, 0, run.grid().tokens());
    }
}
