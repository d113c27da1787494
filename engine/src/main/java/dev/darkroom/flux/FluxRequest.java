package dev.darkroom.flux;

import dev.darkroom.job.Size;
import org.jspecify.annotations.Nullable;

/**
 * One run of a pipeline, with every choice made.
 *
 * @param negativePrompt what to steer away from; takes effect with a {@code trueCfgScale} above 1
 * @param size both sides are multiples of {@link #MULTIPLE}
 * @param guidanceScale embedded in the model; null for a model without guidance embedding
 * @param trueCfgScale two passes a step if above 1 and there is a negative prompt
 * @param maxSequenceLength tokens that T5 sees
 */
public record FluxRequest(
        String prompt,
        @Nullable String negativePrompt,
        Size size,
        int steps,
        @Nullable Double guidanceScale,
        double trueCfgScale,
        int maxSequenceLength) {
    /** A token stands for 16×16 pixels. */
    public static final int MULTIPLE = 16;

    public FluxRequest {
        if (size.width() % MULTIPLE != 0 || size.height() % MULTIPLE != 0) {
            throw new IllegalArgumentException(size + " is no multiple of " + MULTIPLE);
        }
        if (steps < 1 || maxSequenceLength < 1) {
            throw new IllegalArgumentException("steps and maxSequenceLength must be positive");
        }
    }

    /** Side of the latents, h. */
    int latentHeight() {
        return size.height() / 8;
    }

    /** Side of the latents, w. */
    int latentWidth() {
        return size.width() / 8;
    }

    /** S: tokens of the generated picture. */
    int imageTokens() {
        return latentHeight() / 2 * (latentWidth() / 2);
    }

    /** True if each step takes a second pass for the negative prompt. */
    boolean usesTrueCfg() {
        return trueCfgScale > 1 && negativePrompt != null;
    }
}
