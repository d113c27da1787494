package dev.darkroom;

import dev.darkroom.job.Picture;
import java.util.stream.DoubleStream;

/**
 * Where in a picture a colour is: the outermost columns and rows that have it, and the centre of all pixels that do.
 *
 * @param left and the others in pixels
 */
record Outline(int left, int top, int right, int bottom, double centreX, double centreY) {
    private static final int NEAR = 200;

    /** Where a picture is nearer to this colour than to its white ground. */
    static Outline of(Picture picture, int red, int green, int blue) {
        int left = picture.width();
        int top = picture.height();
        int right = -1;
        int bottom = -1;
        long x = 0;
        long y = 0;
        long pixels = 0;
        for (int row = 0; row < picture.height(); row++) {
            for (int column = 0; column < picture.width(); column++) {
                int apart = Math.abs(picture.level(column, row, 0) - red)
                        + Math.abs(picture.level(column, row, 1) - green)
                        + Math.abs(picture.level(column, row, 2) - blue);
                if (apart < NEAR) {
                    left = Math.min(left, column);
                    top = Math.min(top, row);
                    right = Math.max(right, column);
                    bottom = Math.max(bottom, row);
                    x += column;
                    y += row;
                    pixels++;
                }
            }
        }
        return new Outline(left, top, right, bottom, (double) x / pixels, (double) y / pixels);
    }

    /** The largest distance between an edge or the centre here and there, in pixels. */
    double farthestFrom(Outline other) {
        return DoubleStream.of(
                        left - other.left,
                        top - other.top,
                        right - other.right,
                        bottom - other.bottom,
                        centreX - other.centreX,
                        centreY - other.centreY)
                .map(Math::abs)
                .max()
                .orElseThrow();
    }
}
