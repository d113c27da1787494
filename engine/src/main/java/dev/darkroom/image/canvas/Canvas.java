package dev.darkroom.image.canvas;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;

/** An upright picture in the making: takes the rows of the stored one, and puts every pixel where it belongs. */
public final class Canvas {
    private final Size stored;
    private final Orientation orientation;
    private final int width;
    private final byte[] rgb;

    /**
     * Creates an empty canvas.
     *
     * @param stored size before it is turned
     * @param background level of all three colours where no row is put
     */
    public Canvas(Size stored, Orientation orientation, byte background) {
        this.stored = stored;
        this.orientation = orientation;
        this.width = orientation.turned() ? stored.height() : stored.width();
        this.rgb = new byte[Math.toIntExact(3 * stored.area())];
        if (background != 0) {
            Arrays.fill(rgb, background);
        }
    }

    /**
     * Puts pixels of a stored row.
     *
     * @param left of the row's first pixel, in the stored picture
     * @param y of the row, in the stored picture
     * @param row colours, blue in the lowest byte; the highest byte is not looked at
     * @param count of pixels in the row
     * @param first of the pixels that count
     * @param step to the next of them
     */
    public void put(int left, int y, int[] row, int count, int first, int step) {
        int start = 3 * at(left + first, y);
        int stride = count > first + step ? 3 * at(left + first + step, y) - start : 0;
        for (int x = first, to = start; x < count; x += step, to += stride) {
            int colour = row[x];
            rgb[to] = (byte) (colour >> 16);
            rgb[to + 1] = (byte) (colour >> 8);
            rgb[to + 2] = (byte) colour;
        }
    }

    private int at(int x, int y) {
        int column = orientation.fromRight() ? stored.width() - 1 - x : x;
        int row = orientation.fromBottom() ? stored.height() - 1 - y : y;
        return orientation.turned() ? column * width + row : row * width + column;
    }

    /** Returns the picture, which shares this canvas's memory. */
    public Picture picture() {
        return new Picture(width, rgb.length / 3 / width, rgb);
    }
}
