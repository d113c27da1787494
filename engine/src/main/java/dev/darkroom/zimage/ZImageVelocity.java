package dev.darkroom.zimage;

import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;

/**
 * Z-Image's transformer with the conditioning of a run.
 *
 * @param passes the memory of the pass for the prompt, then of that for the negative prompt
 * @param guiding what two passes are made one by
 */
record ZImageVelocity(
        ZImageTransformer transformer,
        Prompts<Prompt> prompts,
        double trueCfgScale,
        ZImageGuiding guiding,
        List<StepCache.Pass> passes)
        implements Velocity {
    /** Text tokens {@code [1, N, D]} and the rotations that go with their number. */
    record Prompt(Tensor text, Tensor rope) {
        static Prompt of(ZImageTransformer transformer, Tensor embeds, Run run) {
            var positions = new ZImagePositions(run.grid(), Math.toIntExact(embeds.size(1)));
            Tensor rope =
                    positions.rope(transformer.config(), transformer.placement().device());
            return new Prompt(transformer.text(embeds, rope.narrow(0, positions.image(), positions.text())), rope);
        }
    }

    static ZImageVelocity of(ZImageTransformer transformer, Run run, Prompts<Tensor> prompts, ZImageGuiding guiding) {
        return new ZImageVelocity(
                transformer,
                prompts.map(embeds -> Prompt.of(transformer, embeds, run)),
                run.trueCfgScale(),
                guiding,
                run.stepCache().passes(prompts, run.grid().tokens()));
    }

    @Override
    public Steps over(double[] sigmas) {
        double[] times = new double[sigmas.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = 1 - sigmas[i];
        }
        Conditioning steps = transformer.conditioning(numbers(times).reshape(-1, 1));
        return (latents, step) -> at(latents, step, steps.at(step), times[step]);
    }

    /** The network's result is minus the velocity. */
    private Tensor at(Tensor latents, int index, Conditioning step, double time) {
        Tensor tokens = latents.to(placement().dtype());
        Tensor out = predict(tokens, step, prompts.prompt(), passes.get(0));
        Probe.see("step", index, "model_out", out);
        Prompt negative = prompts.negative();
        if (negative == null || guiding.isTruncated(time)) {
            return out.affine(-1, 0);
        }
        Tensor away = predict(tokens, step, negative, passes.get(1));
        Probe.see("step", index, "negative_model_out", away);
        return guiding.guide(out, away, trueCfgScale).affine(-1, 0);
    }

    private Tensor predict(Tensor tokens, Conditioning step, Prompt by, StepCache.Pass pass) {
        return transformer.forward(tokens, by.text, step, by.rope, pass).to(DType.FLOAT32);
    }

    @Override
    public Placement placement() {
        return transformer.placement();
    }
}
