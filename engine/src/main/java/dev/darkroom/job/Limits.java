package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * Limits on the work that a job may ask of the GPU.
 *
 * @param pixels of one picture
 * @param longestSide of one picture
 * @param steps of denoising
 * @param pictures of one job, all prompts together
 * @param promptLength characters of one prompt
 */
public record Limits(long pixels, int longestSide, int steps, int pictures, int promptLength) {
    public static final int SHORTEST_SIDE = 64;
    public static final int MOST_PROMPTS = 10;
    public static final int MOST_OUTPUTS = 10;

    /** Largest number of images that any job may bring; a model's pipeline may take fewer. */
    public static final int MOST_IMAGES = 16;

    public static final Limits STANDARD = new Limits(4L << 20, 4096, 200, MOST_PROMPTS * MOST_OUTPUTS, 10_000);

    public Limits {
        if (pixels < SHORTEST_SIDE * SHORTEST_SIDE
                || longestSide < SHORTEST_SIDE
                || steps < 1
                || pictures < 1
                || promptLength < 1) {
            throw new IllegalArgumentException("limits that allow no job: " + pixels + " pixels, sides up to "
                    + longestSide + ", " + steps + " steps, " + pictures + " pictures, prompts of " + promptLength);
        }
    }

    /** True if pictures of this size are within the limits. */
    public boolean allow(Size size) {
        return Math.min(size.width(), size.height()) >= SHORTEST_SIDE
                && Math.max(size.width(), size.height()) <= longestSide
                && size.area() <= pixels;
    }

    /**
     * Checks a size that follows from a source image or a ratio, by the limits for sizes that a job states.
     *
     * @throws JobException if the size is beyond the limits
     */
    public void require(Size size) {
        if (!allow(size)) {
            throw JobException.badInput("size: the job gives a picture of " + size + ", but sides must be from "
                    + SHORTEST_SIDE + " to " + longestSide + " and pixels at most " + pixels
                    + ": send width and height");
        }
    }

    /** Notes a fault of every parameter beyond these limits, except for the length of prompts. */
    public void check(Sampling asked, Faults faults) {
        faults.range("num_inference_steps", asked.steps(), 1, steps);
        int pictureCount = asked.prompts().size() * asked.outputs();
        faults.check(
                pictureCount <= pictures,
                "num_outputs",
                "prompts × num_outputs must be at most " + pictures + " pictures, not " + pictureCount);
        switch (asked.framing()) {
            case null -> {}
            case Framing.Exact exact -> checkSize(exact.size(), faults);
            case Framing.Ratio ratio -> checkMegapixels(ratio.megapixels(), faults);
            case Framing.LikeImage like -> checkMegapixels(like.megapixels(), faults);
        }
    }

    /** Notes a fault of a text that is longer than a prompt may be; a style's words come on top of that. */
    public void checkPrompt(String field, @Nullable String text, Faults faults) {
        faults.check(
                text == null || text.length() <= promptLength,
                field,
                "must have at most " + promptLength + " characters, not " + (text == null ? 0 : text.length()));
    }

    private void checkSize(Size size, Faults faults) {
        faults.range("width", size.width(), SHORTEST_SIDE, longestSide)
                .range("height", size.height(), SHORTEST_SIDE, longestSide)
                .check(
                        size.area() <= pixels,
                        "width × height",
                        "must be at most " + pixels + " pixels, not " + size.area());
    }

    private void checkMegapixels(@Nullable Double megapixels, Faults faults) {
        faults.range("megapixels", megapixels, 0.01, pixels / Framing.MEGAPIXEL);
    }
}
