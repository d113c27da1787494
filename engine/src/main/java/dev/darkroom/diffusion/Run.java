package dev.darkroom.diffusion;

import dev.darkroom.job.PromptBlend;
import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule;
import org.jspecify.annotations.Nullable;

/**
 * One run of a pipeline, with every choice made.
 *
 * @param blend second prompt, with its weight; null for none
 * @param negativePrompt prompt to steer away from; takes effect with a {@code trueCfgScale} above 1
 * @param size both sides are multiples of {@link TokenGrid#PIXELS}
 * @param guidanceScale embedded in the model; null for a model without guidance embedding
 * @param trueCfgScale two passes a step if above 1 and there is a negative prompt
 * @param strength part of the start picture that is given up, above 0 and up to 1; null without a start picture
 * @param maxSequenceLength tokens of a prompt that are read
 * @param adaptedBy the LoRAs that are on the text encoders; empty for none
 * @param stepCache what the picture's steps reuse of each other
 */
public record Run(
        String prompt,
        @Nullable PromptBlend blend,
        @Nullable String negativePrompt,
        Size size,
        int steps,
        @Nullable Double guidanceScale,
        double trueCfgScale,
        @Nullable Double strength,
        int maxSequenceLength,
        FlowMatchSchedule schedule,
        String adaptedBy,
        StepCache stepCache) {
    public Run {
        TokenGrid.of(size);
        if (steps < 1 || maxSequenceLength < 1) {
            throw new IllegalArgumentException("steps and maxSequenceLength must be positive");
        }
    }

    /** A run of one prompt. */
    public Run(
            String prompt,
            @Nullable String negativePrompt,
            Size size,
            int steps,
            @Nullable Double guidanceScale,
            double trueCfgScale,
            @Nullable Double strength,
            int maxSequenceLength,
            FlowMatchSchedule schedule,
            String adaptedBy,
            StepCache stepCache) {
        this(
                prompt,
                null,
                negativePrompt,
                size,
                steps,
                guidanceScale,
                trueCfgScale,
                strength,
                maxSequenceLength,
                schedule,
                adaptedBy,
                stepCache);
    }

    /** Grid of the generated picture's tokens. */
    public TokenGrid grid() {
        return TokenGrid.of(size);
    }

    /** Noise levels of the run, {@code steps + 1} of them, falling from 1 to 0. */
    public double[] sigmas() {
        return schedule.sigmas(steps, grid().tokens());
    }

    /** Index of the step that the run begins with, rounded as in the reference: 0 unless a part of a start picture stays. */
    public int firstStep() {
        return strength == null ? 0 : (int) Math.max(steps - Math.min(steps * strength, steps), 0);
    }

    /** True if each step takes a second pass for the negative prompt. */
    public boolean usesTrueCfg() {
        return trueCfgScale > 1 && negativePrompt != null;
    }

    /** Returns this run with the LoRAs that are on the text encoders, and with what its steps share. */
    Run with(String loras, StepCache cache) {
        return new Run(
                prompt,
                blend,
                negativePrompt,
                size,
                steps,
                guidanceScale,
                trueCfgScale,
                strength,
                maxSequenceLength,
                schedule,
                loras,
                cache);
    }
}
