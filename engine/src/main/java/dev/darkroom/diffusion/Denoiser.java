package dev.darkroom.diffusion;

import dev.darkroom.job.Progress;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/** The denoising loop that all pipelines share: predict the velocity, step along it, report, until no noise is left. */
public final class Denoiser {
    private Denoiser() {}

    /**
     * Denoises packed latents.
     *
     * @param latents float32 {@code [1, S, C]}, with noise of the level of the first sigma
     * @param sigmas noise levels, falling to 0
     * @throws NotFiniteException if a step's result is no finite number
     * @throws dev.darkroom.job.JobException if {@code progress} ends the job
     */
    public static Tensor run(Tensor latents, double[] sigmas, Velocity velocity, Progress progress) {
        return run(latents, sigmas, 0, velocity, progress);
    }

    /** Denoises packed latents with noise of level {@code sigmas[first]}, and leaves out the steps before that. */
    public static Tensor run(Tensor latents, double[] sigmas, int first, Velocity velocity, Progress progress) {
        try (var loop = Scope.open("denoise")) {
            int steps = sigmas.length - 1;
            progress.report(0, steps - first);
            for (int i = first; i < steps; i++) {
                try (var step = Scope.open("step")) {
                    Tensor prediction = velocity.at(latents, sigmas[i]);
                    Tensor next = FlowMatchSchedule.step(latents, prediction, sigmas[i], sigmas[i + 1]);
                    latents = loop.replace(latents, step.keep(next));
                }
                Probe.see("step", i, "latents", latents);
                NotFiniteException.check(latents, "the transformer, in step " + (i + 1) + ",", velocity.placement());
                progress.report(i - first + 1, steps - first);
            }
            Probe.see("out.latents_packed", latents);
            return loop.keep(latents);
        }
    }
}
