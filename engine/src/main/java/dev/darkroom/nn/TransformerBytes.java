package dev.darkroom.nn;

import dev.darkroom.tensor.DType;

/**
 * Bytes that a transformer of joint attention takes at its peak beside its weights: the streams and what a block makes of them, for each
 * token, and the modulations of all blocks, for each step that is prepared at once. Checked against runs on {@code meta}, where tensors have
 * sizes and no numbers.
 *
 * @param width of a token inside the network
 * @param headWidth of the rotations
 * @param channels of a token of latents, as it comes in
 * @param promptWidth of a token of prompt embeds
 * @param modulations numbers that all blocks are modulated with in a step
 * @param widths tensors of a token's width that are alive at once
 */
public record TransformerBytes(int width, int headWidth, int channels, int promptWidth, long modulations, int widths) {
    /** Tensors of a token's width that are alive at once, when the hidden width of an MLP is four times as large. */
    private static final int WIDTHS = 16;

    /** Tensors of latents that are: noisy ones, velocities of two passes, sums; in float32. */
    private static final long LATENTS = 4;

    /** Makes those of a transformer with double stream blocks. */
    public TransformerBytes(int width, int headWidth, int channels, int promptWidth, long modulations) {
        this(width, headWidth, channels, promptWidth, modulations, WIDTHS);
    }

    /**
     * Computes the peak of a pass.
     *
     * @param tokens of all pictures of the pass and of their references
     * @param textTokens of all prompts of the pass
     * @param batch pictures of the pass
     * @param steps that are prepared at once
     */
    public long peak(long tokens, long textTokens, int batch, int steps, DType type) {
        long token = (long) widths * width * type.bytes()
                + 4L * headWidth
                + channels * (LATENTS * DType.FLOAT32.bytes() + type.bytes());
        return (tokens + textTokens) * token
                + 2 * textTokens * promptWidth * type.bytes()
                + steps * batch * modulations * type.bytes();
    }
}
