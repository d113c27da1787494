package dev.darkroom.animation.warp;

import dev.darkroom.job.Size;
import java.util.Arrays;

/**
 * How far away each pixel of a picture is, as {@link SpaceMotion} takes it: z in 1…2, every part of the picture spread evenly over that.
 * Networks agree on what is in front, not on units, so depth is equalised by its histogram.
 *
 * @param z row after row; shared, not copied: treat it as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: maps are never compared
public record DepthMap(Size size, float[] z) {
    private static final int BINS = 1024;

    /** @throws IllegalArgumentException unless there is one number for each pixel */
    public DepthMap {
        if (z.length != size.area()) {
            throw new IllegalArgumentException(
                    "depth: must be one number for each pixel of " + size + ", not " + z.length);
        }
    }

    /**
     * Reads depth that is larger where things are nearer, as that of MiDaS and of Depth Anything's relative models.
     *
     * @param depth row after row; z is 1 everywhere if it has numbers that are not finite, or only one
     * @throws IllegalArgumentException unless there is one number for each pixel
     */
    public static DepthMap ofNearness(Size size, float[] depth) {
        return of(size, depth, 2, -1);
    }

    /**
     * Reads depth that is larger where things are farther, as that of metric models.
     *
     * @param depth row after row; z is 1 everywhere if it has numbers that are not finite, or only one
     * @throws IllegalArgumentException unless there is one number for each pixel
     */
    public static DepthMap ofDistance(Size size, float[] depth) {
        return of(size, depth, 1, 1);
    }

    private static DepthMap of(Size size, float[] depth, float least, float sign) {
        float[] z = equalised(depth);
        for (int i = 0; i < z.length; i++) {
            z[i] = least + sign * z[i];
        }
        if (z.length == 0) {
            z = new float[depth.length];
            Arrays.fill(z, 1);
        }
        return new DepthMap(size, z);
    }

    /** Depth in 0…1 by the part of the pixels that have no more; none if there is no such part. */
    private static float[] equalised(float[] depth) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float value : depth) {
            if (!Float.isFinite(value)) {
                return new float[0];
            }
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        float range = max - min;
        if (!(range > 0) || !Float.isFinite(range)) {
            return new float[0];
        }
        float[] equal = new float[depth.length];
        long[] counts = new long[BINS];
        for (int i = 0; i < depth.length; i++) {
            equal[i] = (depth[i] - min) / range;
            counts[bin(equal[i])]++;
        }
        double[] parts = new double[BINS];
        long sum = 0;
        for (int i = 0; i < BINS; i++) {
            sum += counts[i];
            parts[i] = (double) sum / depth.length;
        }
        for (int i = 0; i < equal.length; i++) {
            int bin = bin(equal[i]);
            double next = bin + 1 < BINS ? parts[bin + 1] : parts[bin];
            equal[i] = (float) (parts[bin] + (next - parts[bin]) * ((double) equal[i] * BINS - bin));
        }
        return equal;
    }

    private static int bin(float part) {
        return Math.min(BINS - 1, (int) (part * BINS));
    }
}
