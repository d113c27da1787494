package dev.darkroom.flux;

import dev.darkroom.flux.FluxPromptEncoder.PromptEmbeds;
import dev.darkroom.flux.FluxPromptEncoder.Prompts;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Progress;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.function.UnaryOperator;

/** The loop that all FLUX.1 pipelines share: predict the velocity, step along it, until no noise is left. */
final class FluxDenoiser {
    private final FluxTransformer transformer;
    private final FluxRequest request;
    private final Prompts prompts;
    private final Tensor rope;

    /** @param rope rotations of text, then image positions */
    FluxDenoiser(FluxTransformer transformer, FluxRequest request, Prompts prompts, Tensor rope) {
        this.transformer = transformer;
        this.request = request;
        this.prompts = prompts;
        this.rope = rope;
    }

    /**
     * Denoises packed latents from step {@code first} on.
     *
     * @param latents float32 {@code [1, S, 4C]}, noisy as {@code sigmas[first]} says
     * @param input what the transformer sees of the latents: themselves, or with conditions beside or behind them
     */
    Tensor run(Tensor latents, double[] sigmas, int first, UnaryOperator<Tensor> input, Progress progress) {
        try (var loop = Scope.open("denoise")) {
            int steps = sigmas.length - 1;
            progress.report(0, steps - first);
            for (int i = first; i < steps; i++) {
                try (var step = Scope.open("step")) {
                    Tensor velocity = predict(input.apply(latents), sigmas[i]).narrow(1, 0, request.imageTokens());
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
                progress.report(i - first + 1, steps - first);
            }
            return loop.keep(latents);
        }
    }

    private Tensor predict(Tensor tokens, double sigma) {
        Tensor velocity = predict(tokens, sigma, prompts.prompt());
        return prompts.negative() == null
                ? velocity
                : FlowMatchSchedule.guide(velocity, predict(tokens, sigma, prompts.negative()), request.trueCfgScale());
    }

    private Tensor predict(Tensor tokens, double sigma, PromptEmbeds embeds) {
        Placement placement = transformer.placement();
        Tensor level = Tensor.of(new float[] {(float) sigma}, 1).to(placement.device());
        Tensor guidance = request.guidanceScale() == null
                ? null
                : Tensor.of(new float[] {request.guidanceScale().floatValue()}, 1)
                        .to(placement.device());
        return transformer.forward(
                tokens.to(placement.dtype()), embeds.embeds(), embeds.pooled(), level, guidance, rope);
    }
}
