package dev.darkroom.animation.flow;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * How far each pixel of one picture has moved in another.
 *
 * @param size of both pictures
 * @param x pixels to the right, row after row; {@code y} pixels down. Shared, not copied: treat them as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: flows are never compared
public record Flow(Size size, float[] x, float[] y) {
    /** @throws IllegalArgumentException unless there are two numbers for each pixel */
    public Flow {
        if (x.length != size.area() || y.length != size.area()) {
            throw new IllegalArgumentException(
                    "flow: must be two numbers for each pixel of " + size + ", not " + x.length + " and " + y.length);
        }
    }

    /** Nothing moves. */
    public static Flow none(Size size) {
        int area = Math.toIntExact(size.area());
        return new Flow(size, new float[area], new float[area]);
    }

    /** Everything moves so many times as far. */
    public Flow times(double factor) {
        return new Flow(size, scaled(x, factor), scaled(y, factor));
    }

    private static float[] scaled(float[] values, double factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (values[i] * factor);
        }
        return scaled;
    }

    /**
     * Moves a picture along: each pixel becomes what lies against its own flow, so that the first picture becomes the second, as far as the
     * flow is smooth. Beyond its edges the picture is mirrored.
     *
     * @throws IllegalArgumentException if the picture is of another size
     */
    public Picture moved(Picture picture) {
        if (!picture.size().equals(size)) {
            throw new IllegalArgumentException("flow: of " + size + " for a picture of " + picture.size());
        }
        return MirroredSampling.of(picture, (column, row, place) -> {
            int at = row * size.width() + column;
            place[0] = column - x[at];
            place[1] = row - y[at];
        });
    }
}
