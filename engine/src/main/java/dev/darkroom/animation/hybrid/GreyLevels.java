package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.function.IntUnaryOperator;

/**
 * A grey picture and what Pillow can do to it, with the same levels.
 *
 * @param levels one byte a pixel, row after row; shared, not copied: treat them as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record GreyLevels(Size size, byte[] levels) {
    private static final int STEPS = 255;

    /** Luma (ITU-R BT.601), in 16-bit fixed point. */
    static GreyLevels of(Picture picture) {
        byte[] rgb = picture.rgb();
        byte[] levels = new byte[rgb.length / 3];
        for (int i = 0; i < levels.length; i++) {
            int luma = 19595 * (rgb[3 * i] & 0xFF) + 38470 * (rgb[3 * i + 1] & 0xFF) + 7471 * (rgb[3 * i + 2] & 0xFF);
            levels[i] = (byte) (luma + 0x8000 >> 16);
        }
        return new GreyLevels(picture.size(), levels);
    }

    /** White for what is nearest and black for what is farthest; all black if everything is equally far. */
    static GreyLevels of(DepthMap depth) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float z : depth.z()) {
            least = Math.min(least, z);
            most = Math.max(most, z);
        }
        float range = Math.max(1e-8f, most - least);
        byte[] levels = new byte[depth.z().length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (int) ((most - depth.z()[i]) / range * STEPS);
        }
        return new GreyLevels(depth.size(), levels);
    }

    static GreyLevels black(Size size) {
        return new GreyLevels(size, new byte[Math.toIntExact(size.area())]);
    }

    int level(int at) {
        return levels[at] & 0xFF;
    }

    /** Both added up, with a part of the other one from 0 to 1. */
    GreyLevels blended(GreyLevels other, double part) {
        byte[] out = new byte[levels.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = blend(level(i), other.level(i), part);
        }
        return new GreyLevels(size, out);
    }

    GreyLevels difference(GreyLevels other) {
        byte[] out = new byte[levels.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Math.abs(level(i) - other.level(i));
        }
        return new GreyLevels(size, out);
    }

    GreyLevels inverted() {
        return mapped(level -> STEPS - level);
    }

    /** Spreads levels so that each range of them has as many pixels. */
    GreyLevels equalized() {
        int[] counts = counts();
        int last = 0;
        int kinds = 0;
        for (int count : counts) {
            last = count > 0 ? count : last;
            kinds += count > 0 ? 1 : 0;
        }
        int step = (levels.length - last) / STEPS;
        if (kinds <= 1 || step == 0) {
            return this;
        }
        int[] table = new int[counts.length];
        int sum = step / 2;
        for (int level = 0; level < table.length; level++) {
            table[level] = Math.min(STEPS, sum / step);
            sum += counts[level];
        }
        return mapped(level -> table[level]);
    }

    /** Moves levels away from their mean, or towards it by a factor below 1. */
    GreyLevels contrasted(double factor) {
        long sum = 0;
        for (int i = 0; i < levels.length; i++) {
            sum += level(i);
        }
        int mean = (int) ((double) sum / levels.length + 0.5);
        return mapped(level -> blend(mean, level, factor) & 0xFF);
    }

    /**
     * Stretches levels so that those of two percentiles become black and white; leaves them if those are the same.
     *
     * @param low percentile that becomes black, 0…100; {@code high} becomes white
     */
    GreyLevels stretched(double low, double high) {
        int[] counts = counts();
        double black = percentile(counts, low);
        double white = percentile(counts, high);
        return white > black
                ? mapped(level -> (int) Math.clamp(STEPS * (level - black) / (white - black), 0, STEPS))
                : this;
    }

    /** The level below which a part of the pixels is, linearly between the two around it. */
    private double percentile(int[] counts, double percent) {
        double at = (levels.length - 1) * percent / 100;
        int below = ranked(counts, (int) at);
        int above = ranked(counts, Math.min(levels.length - 1, (int) at + 1));
        return below + (above - below) * (at - (int) at);
    }

    private static int ranked(int[] counts, int rank) {
        int level = 0;
        for (int seen = counts[0]; seen <= rank; seen += counts[level]) {
            level++;
        }
        return level;
    }

    private int[] counts() {
        int[] counts = new int[STEPS + 1];
        for (int i = 0; i < levels.length; i++) {
            counts[level(i)]++;
        }
        return counts;
    }

    private GreyLevels mapped(IntUnaryOperator map) {
        byte[] table = new byte[STEPS + 1];
        for (int level = 0; level < table.length; level++) {
            table[level] = (byte) map.applyAsInt(level);
        }
        byte[] out = new byte[levels.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = table[level(i)];
        }
        return new GreyLevels(size, out);
    }

    /** What lies between two levels, or beyond the second, cut off as Pillow does. */
    static byte blend(int first, int second, double part) {
        return (byte) (int) Math.clamp(first + (float) part * (second - first), 0f, (float) STEPS);
    }
}
