package dev.darkroom.animation;

import dev.darkroom.animation.prompt.Blend;
import dev.darkroom.animation.prompt.PromptAt;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.PromptBlend;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.model.ImageModel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of single frames, as the model below does them.
 *
 * @param prompts for each frame
 * @param size of all frames
 * @param notes on what of the settings this model does not take
 */
record FrameJobs(Job.Animation job, AnimationPlan plan, List<Blend> prompts, Size size, List<String> notes) {
    private static final double FINEST = 1e9;

    FrameJobs {
        prompts = List.copyOf(prompts);
        notes = List.copyOf(notes);
    }

    static FrameJobs of(Job.Animation job, AnimationPlan plan, Takes takes, Size size) {
        List<Blend> prompts =
                IntStream.range(0, plan.frames()).mapToObj(plan::prompt).toList();
        boolean isNegative = prompts.stream().anyMatch(Blend::isNegative);
        String own = job.sampling().negativePrompt();
        Double scale = plan.guidance() == null ? job.sampling().guidanceScale() : Double.valueOf(plan.guidance()[0]);
        if (!isNegative || own != null && !own.isBlank() || takes.negative(scale)) {
            return new FrameJobs(job, plan, prompts, size, List.of());
        }
        List<Blend> positive = prompts.stream().map(Blend::withoutNegative).toList();
        return new FrameJobs(
                job,
                plan,
                positive,
                size,
                List.of("negative prompts have no effect on this model by itself and were left out: a true_cfg_scale"
                        + " above 1 brings them in"));
    }

    /**
     * Asks the model whether it can draw all frames.
     *
     * @throws JobException that names the frame
     */
    void check(ImageModel model) {
        Set<List<PromptAt>> seen = new HashSet<>();
        for (int frame : plan.cadence().shown()) {
            if (seen.add(prompts.get(frame).both())) {
                checkAt(model, frame);
            }
        }
    }

    private void checkAt(ImageModel model, int frame) {
        try {
            model.check(alone(frame, 0));
            if (plan.mode().isChained() || plan.mode() == AnimationMode.VIDEO || plan.startsFromImage()) {
                model.check(from(frame, 0, 0.5));
            }
        } catch (JobException e) {
            throw new JobException(e.code(), e.getMessage() + (frame == 0 ? "" : ", in frame " + frame), e);
        }
    }

    /** A frame that takes as much memory as any: one of two prompts, if there is one. */
    int largest() {
        return IntStream.range(0, prompts.size())
                .filter(frame -> prompts.get(frame).weight() > 0)
                .findFirst()
                .orElse(0);
    }

    /** Notes a fault of a text that is longer than a prompt may be. */
    void checkLengths(AnimationLimits limits, Faults faults) {
        prompts.stream().flatMap(blend -> blend.both().stream()).distinct().forEach(prompt -> {
            limits.pictures().checkPrompt("prompts", prompt.positive(), faults);
            limits.pictures().checkPrompt("negative prompts", prompt.negative(), faults);
        });
    }

    /** A frame from noise alone. */
    Job.Generation alone(int frame, long seed) {
        return new Job.TextToImage(job.envelope(), sampling(frame, seed));
    }

    /** A frame from a picture, of which a part is given up: above 0, below 1. */
    Job.Generation from(int frame, long seed, double givenUp) {
        return new Job.FromImages(job.envelope(), sampling(frame, seed), List.of(""), givenUp);
    }

    /** The part of a picture that a frame's drawing gives up, where the settings say how much of it is kept. */
    static double givenUp(double kept) {
        return Math.rint((1 - Math.clamp(kept, 0, 1)) * FINEST) / FINEST;
    }

    private Sampling sampling(int frame, long seed) {
        Sampling asked = job.sampling();
        Blend prompt = prompts.get(frame);
        return new Sampling(
                List.of(prompt.from().positive()),
                negative(prompt.from()),
                new Framing.Exact(size),
                plan.steps() == null ? asked.steps() : Integer.valueOf((int) plan.steps()[frame]),
                plan.guidance() == null ? asked.guidanceScale() : Double.valueOf(plan.guidance()[frame]),
                asked.trueCfgScale(),
                seed,
                1,
                asked.shortcuts(),
                asked.loras(),
                prompt.weight() == 0
                        ? null
                        : new PromptBlend(prompt.to().positive(), negative(prompt.to()), prompt.weight()),
                plan.subseeds() == null ? null : plan.subseeds().at(frame));
    }

    /** Frames without a negative prompt are guided as those with one are. */
    private @Nullable String negative(PromptAt prompt) {
        return prompts.stream().anyMatch(Blend::isNegative) ? prompt.negative() : null;
    }
}
