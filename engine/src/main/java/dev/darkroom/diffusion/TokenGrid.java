package dev.darkroom.diffusion;

import dev.darkroom.job.Size;

/**
 * The grid of tokens of a picture, as the transformer sees it: rows and columns of tokens, each of 16×16 pixels, which are 2×2 places of
 * the latents.
 */
public record TokenGrid(int rows, int columns) {
    /** Side in pixels of the square that a token stands for. */
    public static final int PIXELS = 16;

    /**
     * Divides a picture into tokens.
     *
     * @throws IllegalArgumentException unless both sides are multiples of 16
     */
    public static TokenGrid of(Size size) {
        if (size.width() % PIXELS != 0 || size.height() % PIXELS != 0) {
            throw new IllegalArgumentException(size + " is no multiple of " + PIXELS);
        }
        return new TokenGrid(size.height() / PIXELS, size.width() / PIXELS);
    }

    /** Number of tokens, {@code S}. */
    public int tokens() {
        return rows * columns;
    }

    /** Rows of the latents, {@code h}. */
    public int latentHeight() {
        return 2 * rows;
    }

    /** Columns of the latents, {@code w}. */
    public int latentWidth() {
        return 2 * columns;
    }
}
