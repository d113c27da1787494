package dev.darkroom.qwenimage;

import dev.darkroom.job.Size;
import org.jspecify.annotations.Nullable;

/**
 * One run of a pipeline, with every choice made.
 *
 * @param negativePrompt what to steer away from; takes effect with a {@code trueCfgScale} above 1
 * @param size both sides are multiples of {@link TokenGrid#PIXELS}
 * @param trueCfgScale two passes a step if above 1 and there is a negative prompt
 * @param maxSequenceLength tokens of a prompt that are read, where there is no image
 */
public record QwenRequest(
        String prompt,
        @Nullable String negativePrompt,
        Size size,
        int steps,
        double trueCfgScale,
        int maxSequenceLength) {
    public QwenRequest {
        TokenGrid.of(size);
        if (steps < 1 || maxSequenceLength < 1) {
            throw new IllegalArgumentException("steps and maxSequenceLength must be positive");
        }
    }

    /** The generated picture's tokens. */
    TokenGrid grid() {
        return TokenGrid.of(size);
    }

    /** True if each step takes a second pass for the negative prompt. */
    boolean usesTrueCfg() {
        return trueCfgScale > 1 && negativePrompt != null;
    }
}
