package dev.darkroom.image.canvas;

import java.awt.image.BufferedImage;

/** Flattens the transparency of one picture in one of several ways, and judges it; sees its rows as they are decoded. */
public interface Transparency {
    /** Level of all colours where a file has no pixels: in a GIF whose first frame is smaller than its canvas. */
    byte background();

    /** Flattens a part, whose levels are in sRGB. */
    BufferedImage flatten(BufferedImage part);

    /**
     * Looks at a row of a part before it was flattened.
     *
     * @param row colours with alpha in the highest byte; pixels {@code first}, {@code first + step} and so on are the file's
     * @param count of pixels in the row
     */
    void see(int[] row, int count, int first, int step);

    /**
     * Checks the picture, all of whose rows were seen.
     *
     * @throws UnfitPictureException if it is not of use
     */
    void end() throws UnfitPictureException;

    /** Returns true if a file without alpha is of no use, so that its end has to be judged too. */
    default boolean needsAlpha() {
        return false;
    }
}
