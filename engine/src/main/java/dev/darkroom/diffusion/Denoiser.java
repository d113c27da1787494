package dev.darkroom.diffusion;

import dev.darkroom.job.Progress;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Arrival;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;

/**
 * The denoising loop that all pipelines share: predict the velocity, step along it, report, until no noise is left. A card is told the next
 * step before it has computed this one, so that it never waits for Java; a step is reported when it has been computed.
 */
public final class Denoiser {
    /** Steps whose modulations are computed at once: 60 to 150 MB of a large model's, in two bytes. */
    static final int STEPS_AT_ONCE = 32;

    private final int first;
    private final int steps;
    private final Velocity velocity;
    private final Progress progress;
    private final int ahead;
    private final Queue<Step> queued = new ArrayDeque<>();

    private record Step(int index, Arrival arrival) {}

    private Denoiser(int first, int steps, Velocity velocity, Progress progress, int ahead) {
        this.first = first;
        this.steps = steps;
        this.velocity = velocity;
        this.progress = progress;
        this.ahead = ahead;
    }

    /**
     * Denoises packed latents.
     *
     * @param latents of pictures that are drawn in one pass, float32 {@code [B, S, C]}, with noise of the level of the first sigma
     * @param sigmas noise levels, falling to 0
     * @throws NotFiniteException if a step's result is no finite number
     * @throws dev.darkroom.job.JobException if {@code progress} ends the job
     */
    public static Tensor run(Tensor latents, double[] sigmas, Velocity velocity, Progress progress) {
        return run(latents, sigmas, 0, velocity, progress);
    }

    /** Denoises packed latents with noise of level {@code sigmas[first]}, and leaves out the steps before that. */
    public static Tensor run(Tensor latents, double[] sigmas, int first, Velocity velocity, Progress progress) {
        return run(
                latents,
                sigmas,
                first,
                velocity,
                progress,
                velocity.placement().device().isCuda() ? 1 : 0);
    }

    /** Denoises packed latents, and tells the device {@code ahead} steps before it waits for one. */
    static Tensor run(Tensor latents, double[] sigmas, int first, Velocity velocity, Progress progress, int ahead) {
        return new Denoiser(first, sigmas.length - 1, velocity, progress, ahead).run(latents, sigmas);
    }

    private Tensor run(Tensor latents, double[] sigmas) {
        try (var loop = Scope.open("denoise")) {
            progress.report(0, steps - first);
            for (int from = first; from < steps; from += STEPS_AT_ONCE) {
                int to = Math.min(steps, from + STEPS_AT_ONCE);
                try (var window = Scope.open("steps")) {
                    Velocity.Steps prepared = velocity.over(Arrays.copyOfRange(sigmas, from, to));
                    for (int i = from; i < to; i++) {
                        try (var step = Scope.open("step")) {
                            Tensor prediction = prepared.at(latents, i - from);
                            see(i, latents, prediction, sigmas[i])
                                    .ifPresent(preview -> window.keep(step.keep(preview)));
                            Tensor next = FlowMatchSchedule.step(latents, prediction, sigmas[i], sigmas[i + 1]);
                            latents = loop.replace(latents, window.keep(step.keep(next)));
                        }
                        Probe.see("step", i, "latents", latents);
                        queued.add(new Step(
                                i, Arrival.of(latents, velocity.placement().device())));
                        await(ahead);
                    }
                    await(0); // the flags of this window end with it
                }
            }
            Probe.see("out.latents_packed", latents);
            return loop.keep(latents);
        }
    }

    private Optional<Tensor> see(int index, Tensor latents, Tensor prediction, double sigma) {
        return progress instanceof LatentsListener listener
                ? listener.see(index - first + 1, steps - first, latents, prediction, sigma)
                : Optional.empty();
    }

    /** Waits for the oldest steps until no more than {@code left} are queued, and reports them. */
    private void await(int left) {
        while (queued.size() > left) {
            Step step = queued.remove();
            NotFiniteException.check(
                    step.arrival.await(), "the transformer, in step " + (step.index + 1) + ",", velocity.placement());
            progress.report(step.index - first + 1, steps - first);
        }
    }
}
