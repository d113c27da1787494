package dev.darkroom.animation.frame;

/**
 * Gives one channel the distribution of levels of another one: each level becomes that of the other channel which as large a part of the
 * pixels does not exceed.
 *
 * <p>Source: scikit-image, {@code exposure.match_histograms}; cut off to a level, as the animation's reference does.
 */
final class HistogramMatch {
    private static final int LEVELS = 256;

    private HistogramMatch() {}

    /** Matches all three channels, each by itself; the two pictures may be of different sizes. */
    static byte[] apply(byte[] channels, byte[] reference) {
        byte[] matched = new byte[channels.length];
        for (int channel = 0; channel < 3; channel++) {
            int[] map = map(counts(channels, channel), counts(reference, channel));
            for (int i = channel; i < channels.length; i += 3) {
                matched[i] = (byte) map[channels[i] & 0xFF];
            }
        }
        return matched;
    }

    private static long[] counts(byte[] channels, int channel) {
        long[] counts = new long[LEVELS];
        for (int i = channel; i < channels.length; i += 3) {
            counts[channels[i] & 0xFF]++;
        }
        return counts;
    }

    private static int[] map(long[] own, long[] others) {
        double[] ownParts = parts(own);
        double[] parts = parts(others);
        int[] map = new int[LEVELS];
        int below = -1; // the last of the other's levels whose part is not larger
        int above = next(others, -1);
        for (int level = 0; level < LEVELS; level++) {
            if (own[level] == 0) {
                continue;
            }
            while (above < LEVELS && parts[above] <= ownParts[level]) {
                below = above;
                above = next(others, above);
            }
            map[level] = (int) between(below, above, parts, ownParts[level]);
        }
        return map;
    }

    private static double between(int below, int above, double[] parts, double part) {
        if (below < 0) {
            return above;
        }
        if (above == LEVELS || parts[below] == part) {
            return below;
        }
        // in this order, for what is cut off depends on the last bit
        double slope = (above - below) / (parts[above] - parts[below]);
        return slope * (part - parts[below]) + below;
    }

    private static int next(long[] counts, int after) {
        int level = after + 1;
        while (level < LEVELS && counts[level] == 0) {
            level++;
        }
        return level;
    }

    /** Part of the pixels that have a level or a smaller one. */
    private static double[] parts(long[] counts) {
        double[] parts = new double[LEVELS];
        long sum = 0;
        for (int level = 0; level < LEVELS; level++) {
            sum += counts[level];
            parts[level] = sum;
        }
        for (int level = 0; level < LEVELS; level++) {
            parts[level] /= sum;
        }
        return parts;
    }
}
