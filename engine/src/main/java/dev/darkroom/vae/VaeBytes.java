package dev.darkroom.vae;

import dev.darkroom.tensor.DType;

/**
 * Bytes that an autoencoder takes at its peak beside its weights: whole, and in the smallest {@link Bands} of rows. Checked against runs on
 * {@code meta}, where tensors have sizes and no numbers.
 */
public record VaeBytes(long whole, long inBands) {
    /**
     * Computes them.
     *
     * @param whole elements that are alive at once for each pixel
     * @param beside the same without what bands take the place of
     */
    static VaeBytes of(long pixels, DType type, long whole, long beside) {
        long bytes = pixels * whole * type.bytes();
        return new VaeBytes(bytes, Math.min(bytes, pixels * beside * type.bytes() + Bands.SMALLEST));
    }

    /** The larger of each. */
    public VaeBytes or(VaeBytes other) {
        return new VaeBytes(Math.max(whole, other.whole), Math.max(inBands, other.inBands));
    }
}
