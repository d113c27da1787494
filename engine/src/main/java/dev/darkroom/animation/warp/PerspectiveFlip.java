package dev.darkroom.animation.warp;

import dev.darkroom.job.Size;

/**
 * Turns a picture in space about its centre, as a camera right in front of it sees it.
 *
 * @param theta degrees in the plane of the picture
 * @param phi degrees about the horizontal axis
 * @param gamma degrees about the vertical axis
 * @param fieldOfView of the camera in degrees
 */
public record PerspectiveFlip(double theta, double phi, double gamma, double fieldOfView) {
    private static final int[][] CORNERS = {{-1, 1}, {1, 1}, {1, -1}, {-1, -1}};

    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public PerspectiveFlip {
        Range.within("perspective_flip_theta", theta, -Range.FAR, Range.FAR);
        Range.within("perspective_flip_phi", phi, -Range.FAR, Range.FAR);
        Range.within("perspective_flip_gamma", gamma, -Range.FAR, Range.FAR);
        Range.within("perspective_flip_fv", fieldOfView, 0.1, 179.9);
    }

    /**
     * The homography from where pixels are to where they go, pixel centres at whole numbers.
     *
     * @throws IllegalArgumentException if the picture is seen from its edge
     */
    public Matrix3 matrix(Size size) {
        double half = Math.toRadians(fieldOfView) / 2;
        double diagonal = Math.hypot(size.width(), size.height());
        double side = diagonal / Math.cos(half);
        double[][] from = new double[4][];
        double[][] to = new double[4][];
        for (int i = 0; i < 4; i++) {
            double x = CORNERS[i][0] * size.width() / 2.0;
            double y = CORNERS[i][1] * size.height() / 2.0;
            double[] seen = seen(x, y, half, diagonal);
            from[i] = float32(x + size.width() / 2.0, y + size.height() / 2.0);
            to[i] = float32((seen[0] + 1) * side / 2, (seen[1] + 1) * side / 2);
        }
        return unlessFromItsEdge(from, to).times(Matrix3.shift((size.width() - side) / 2, (size.height() - side) / 2));
    }

    private Matrix3 unlessFromItsEdge(double[][] from, double[][] to) {
        try {
            return Matrix3.mapping(from, to);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "perspective_flip_phi and perspective_flip_gamma: must not turn the picture on its edge, not " + phi
                            + " and " + gamma,
                    e);
        }
    }

    /** Where the camera sees a point of the picture, −1…1 across its view. */
    private double[] seen(double x, double y, double half, double diagonal) {
        double distance = diagonal / (2 * Math.sin(half));
        double[] point = Matrix3.rotation(0, phi)
                .times(Matrix3.rotation(1, gamma))
                .times(Matrix3.rotation(2, theta))
                .times(x, y, 0);
        double z = point[2] - distance;
        // The reference's projection keeps a 1 in its last place, so this is 1 − z where others have −z.
        double divisor = 1 - z;
        double scale = 1 / Math.tan(half);
        return new double[] {point[0] * scale / divisor, point[1] * scale / divisor};
    }

    /** The reference hands its points on in float32. */
    private static double[] float32(double x, double y) {
        return new double[] {(float) x, (float) y};
    }
}
