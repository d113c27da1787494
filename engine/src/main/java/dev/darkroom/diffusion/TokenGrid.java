package dev.darkroom.diffusion;

import dev.darkroom.job.Size;

/** A picture as the transformer sees it: rows and columns of tokens, each of 16×16 pixels, which are 2×2 places of the latents. */
public record TokenGrid(int rows, int columns) {
    /** Pixels a side that a token stands for. */
    public static final int PIXELS = 16;

    /**
     * The tokens of a picture.
     *
     * @throws IllegalArgumentException unless both sides are multiples of 16
     */
    public static TokenGrid of(Size size) {
        if (size.width() % PIXELS != 0 || size.height() % PIXELS != 0) {
            throw new IllegalArgumentException(size + " is no multiple of " + PIXELS);
        }
        return new TokenGrid(size.height() / PIXELS, size.width() / PIXELS);
    }

    /** S: the number of tokens. */
    public int tokens() {
        return rows * columns;
    }

    /** h: rows of the latents. */
    public int latentHeight() {
        return 2 * rows;
    }

    /** w: columns of the latents. */
    public int latentWidth() {
        return 2 * columns;
    }
}
