package dev.darkroom.animation.warp;

import dev.darkroom.job.Size;
import org.jspecify.annotations.Nullable;

/**
 * Motion of a picture in its plane, by a frame: it is shifted, then turned and zoomed about a centre.
 *
 * @param angle degrees, counter-clockwise
 * @param zoom above 1 enlarges
 * @param translationX pixels to the right
 * @param translationY pixels down
 * @param centerX of turning and zooming, as a part of the width; {@code centerY} of the height
 * @param flip as in {@link Motion}; with it there is no shift, as in the reference, which loses it
 */
public record PlaneMotion(
        double angle,
        double zoom,
        double translationX,
        double translationY,
        double centerX,
        double centerY,
        @Nullable PerspectiveFlip flip)
        implements Motion {
    /** No motion at all. */
    public static final PlaneMotion NONE = new PlaneMotion(0, 1, 0, 0, 0.5, 0.5, null);

    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public PlaneMotion {
        Range.within("angle", angle, -Range.FAR, Range.FAR);
        Range.within("zoom", zoom, 0.001, 1000);
        Range.within("translation_x", translationX, -Range.FAR, Range.FAR);
        Range.within("translation_y", translationY, -Range.FAR, Range.FAR);
        Range.within("transform_center_x", centerX, -100, 100);
        Range.within("transform_center_y", centerY, -100, 100);
    }

    /** The homography from where pixels are to where they go, pixel centres at whole numbers. */
    public Matrix3 matrix(Size size) {
        double x = size.width() * centerX;
        double y = size.height() * centerY;
        double a = zoom * Math.cos(Math.toRadians(angle));
        double b = zoom * Math.sin(Math.toRadians(angle));
        Matrix3 turned = Matrix3.of(a, b, (1 - a) * x - b * y, -b, a, b * x + (1 - a) * y, 0, 0, 1);
        return flip == null
                ? turned.times(Matrix3.shift(translationX, translationY))
                : flip.matrix(size).times(turned);
    }
}
