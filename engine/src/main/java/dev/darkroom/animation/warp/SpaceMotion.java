package dev.darkroom.animation.warp;

import org.jspecify.annotations.Nullable;

/**
 * Motion of a camera before a picture that has depth, by a frame. Near and far planes have no influence.
 *
 * @param translationX moves the picture to the left; {@code translationY} moves it down
 * @param translationZ moves the camera forward, so the picture grows; 200 are one unit of depth, in all three
 * @param rotationX degrees about the horizontal axis; the picture moves down
 * @param rotationY degrees about the vertical axis; the picture moves to the left
 * @param rotationZ degrees about the line of sight; the picture turns counter-clockwise
 * @param fieldOfView in degrees
 * @param aspect width of the view by its height
 * @param flip as in {@link Motion}; the picture is flipped before the camera moves
 */
public record SpaceMotion(
        double translationX,
        double translationY,
        double translationZ,
        double rotationX,
        double rotationY,
        double rotationZ,
        double fieldOfView,
        double aspect,
        @Nullable PerspectiveFlip flip)
        implements Motion {
    private static final double UNIT = 200;

    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public SpaceMotion {
        Range.within("translation_x", translationX, -Range.FAR, Range.FAR);
        Range.within("translation_y", translationY, -Range.FAR, Range.FAR);
        Range.within("translation_z", translationZ, -Range.FAR, Range.FAR);
        Range.within("rotation_3d_x", rotationX, -Range.FAR, Range.FAR);
        Range.within("rotation_3d_y", rotationY, -Range.FAR, Range.FAR);
        Range.within("rotation_3d_z", rotationZ, -Range.FAR, Range.FAR);
        Range.within("fov", fieldOfView, 0.1, 179.9);
        Range.within("aspect_ratio", aspect, 0.01, 100);
    }

    /** The rotation that rows, {@code (x, y, z)}, are multiplied by. */
    public Matrix3 rotation() {
        return Matrix3.rotation(0, rotationX)
                .times(Matrix3.rotation(1, rotationY))
                .times(Matrix3.rotation(2, rotationZ));
    }

    /** What is added to a row once it is rotated; 3 numbers. */
    public double[] translation() {
        return new double[] {-translationX / UNIT, translationY / UNIT, -translationZ / UNIT};
    }

    /** By what a projection multiplies {@code x / z} and {@code y / z}. */
    public double[] scale() {
        double scale = 1 / Math.tan(Math.toRadians(fieldOfView) / 2);
        return new double[] {scale / aspect, scale};
    }

    /** Rotation and translation in one, 12 numbers. */
    double[] camera() {
        double[] camera = new double[12];
        System.arraycopy(rotation().values(), 0, camera, 0, 9);
        System.arraycopy(translation(), 0, camera, 9, 3);
        return camera;
    }
}
