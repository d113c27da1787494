package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * What every kind of job asks for. Null leaves the choice to the checkpoint.
 *
 * @param model name of one of the worker's models; null for the first
 * @param guidanceScale for models that embed it
 * @param trueCfgScale for two passes a step, with a negative prompt
 * @param seed of the noise: the same seed gives the same picture
 * @param quality of JPEG and WebP, 1 to 100
 */
public record Ask(
        @Nullable String model,
        String prompt,
        @Nullable String negativePrompt,
        @Nullable Size size,
        @Nullable Integer steps,
        @Nullable Double guidanceScale,
        @Nullable Double trueCfgScale,
        long seed,
        ImageFormat format,
        int quality) {
    public static final int LONGEST_PROMPT = 10_000;
    public static final int SHORTEST_SIDE = 64;
    public static final int LONGEST_SIDE = 4096;
    public static final long MOST_PIXELS = 4L << 20;
    public static final int MOST_STEPS = 200;

    /** @throws JobException that lists every value out of its range */
    public Ask {
        var faults = new Faults()
                .check(
                        prompt.length() <= LONGEST_PROMPT,
                        "prompt",
                        "must have at most " + LONGEST_PROMPT + " characters, not " + prompt.length())
                .range("num_inference_steps", steps, 1, MOST_STEPS)
                .range("guidance_scale", guidanceScale, 0, 100)
                .range("true_cfg_scale", trueCfgScale, 0, 100)
                .range("seed", seed, 0, Long.MAX_VALUE)
                .range("output_quality", quality, 1, 100);
        if (negativePrompt != null) {
            faults.check(
                    negativePrompt.length() <= LONGEST_PROMPT,
                    "negative_prompt",
                    "must have at most " + LONGEST_PROMPT + " characters, not " + negativePrompt.length());
        }
        if (size != null) {
            faults.range("width", size.width(), SHORTEST_SIDE, LONGEST_SIDE);
            faults.range("height", size.height(), SHORTEST_SIDE, LONGEST_SIDE);
            faults.check(
                    size.area() <= MOST_PIXELS,
                    "width × height",
                    "must be at most " + MOST_PIXELS + " pixels, not " + size.area());
        }
        faults.refuse();
    }

    /** True for a size that a worker computes at. */
    public static boolean allows(Size size) {
        return Math.min(size.width(), size.height()) >= SHORTEST_SIDE
                && Math.max(size.width(), size.height()) <= LONGEST_SIDE
                && size.area() <= MOST_PIXELS;
    }
}
