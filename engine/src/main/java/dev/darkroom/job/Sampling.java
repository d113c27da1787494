package dev.darkroom.job;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a generation. Null leaves a choice to the checkpoint. A worker bounds the parameters by its {@link Limits}.
 *
 * @param prompts one to ten; each gives {@code outputs} pictures
 * @param guidanceScale for models that embed it, or whose reference means true CFG by it
 * @param trueCfgScale for two passes a step, with a negative prompt
 * @param seed of the noise of each prompt's first picture, and one more for each further: the same seed gives the same picture
 * @param shortcuts faster, less exact ways that the job allows
 * @param loras LoRAs on top of the model, all at once
 * @param blend second prompt of the first one's pictures; null for none
 * @param subseed second seed; null for none
 */
public record Sampling(
        List<String> prompts,
        @Nullable String negativePrompt,
        @Nullable Framing framing,
        @Nullable Integer steps,
        @Nullable Double guidanceScale,
        @Nullable Double trueCfgScale,
        long seed,
        int outputs,
        Shortcuts shortcuts,
        List<Lora> loras,
        @Nullable PromptBlend blend,
        @Nullable Subseed subseed) {
    /** Parameters of pictures of one prompt and one seed each. */
    public Sampling(
            List<String> prompts,
            @Nullable String negativePrompt,
            @Nullable Framing framing,
            @Nullable Integer steps,
            @Nullable Double guidanceScale,
            @Nullable Double trueCfgScale,
            long seed,
            int outputs,
            Shortcuts shortcuts,
            List<Lora> loras) {
        this(
                prompts,
                negativePrompt,
                framing,
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                outputs,
                shortcuts,
                loras,
                null,
                null);
    }

    /**
     * Checks the ranges of all values.
     *
     * @throws JobException that lists every value out of its range
     */
    public Sampling {
        prompts = List.copyOf(prompts);
        loras = List.copyOf(loras);
        var faults = new Faults();
        for (int i = 0; i < loras.size(); i++) {
            faults.range("loras[" + i + "].scale", loras.get(i).scale(), -Lora.LARGEST_SCALE, Lora.LARGEST_SCALE);
        }
        faults.range("loras", loras.size(), 0, Lora.MOST)
                .range("prompts", prompts.size(), 1, Limits.MOST_PROMPTS)
                .range("guidance_scale", guidanceScale, 0, 100)
                .range("true_cfg_scale", trueCfgScale, 0, 100)
                .range("num_outputs", outputs, 1, Limits.MOST_OUTPUTS)
                .range("seed", seed, 0, Long.MAX_VALUE)
                .refuse();
    }

    /** Pictures to make, in order: all of the first prompt, then all of the next. */
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        for (int prompt = 0; prompt < prompts.size(); prompt++) {
            for (int output = 0; output < outputs; output++) {
                samples.add(new Sample(samples.size(), prompt, prompts.get(prompt), (seed + output) & Long.MAX_VALUE));
            }
        }
        return samples;
    }
}
