package dev.darkroom.text;

import dev.darkroom.tensor.DType;

/** Bytes that text encoders take at their peaks beside their weights; upper bounds, which runs on {@code meta} stay below. */
final class EncoderBytes {
    private EncoderBytes() {}

    /** Of an encoder that writes down the scores of all pairs of tokens, in float32. */
    static long withScores(long tokens, int width, int mlpWidth, int heads, DType type) {
        return 3 * heads * tokens * tokens * DType.FLOAT32.bytes() + ofTokens(tokens, width, mlpWidth, type);
    }

    /** Of an encoder that does not. */
    static long ofTokens(long tokens, int width, int mlpWidth, DType type) {
        return tokens * (8L * width + 3L * mlpWidth) * type.bytes();
    }
}
