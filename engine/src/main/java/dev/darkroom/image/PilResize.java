package dev.darkroom.image;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.function.DoubleUnaryOperator;

/**
 * Resizes 8-bit pictures to the very bytes that Pillow gives: horizontally, then vertically, in 22-bit fixed point, rounded to bytes after
 * each pass; a pass that changes nothing is left out.
 *
 * <p>Source: python-pillow/Pillow, {@code src/libImaging/Resample.c}.
 */
public enum PilResize {
    LANCZOS(3, x -> x > -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
    BICUBIC(2, x -> {
        double a = -0.5;
        double d = Math.abs(x);
        if (d < 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
    });

    private static final int PRECISION_BITS = 32 - 8 - 2;

    private final double support;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final DoubleUnaryOperator filter;

    PilResize(double support, DoubleUnaryOperator filter) {
        this.support = support;
        this.filter = filter;
    }

    /** Resizes a picture. */
    public Picture apply(Picture picture, Size size) {
        Picture result = picture;
        if (size.width() != result.width()) {
            result = horizontally(result, taps(result.width(), size.width()));
        }
        if (size.height() != result.height()) {
            result = vertically(result, taps(result.height(), size.height()));
        }
        return result;
    }

    /** The input positions that one output position is made of, from {@code first} on, and their weights in fixed point. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Taps(int first, int[] weights) {}

    private Taps[] taps(int in, int out) {
        double scale = (double) in / out;
        double filterScale = Math.max(scale, 1);
        double reach = support * filterScale;
        Taps[] all = new Taps[out];
        for (int x = 0; x < out; x++) {
            double center = (x + 0.5) * scale;
            int first = Math.max(0, (int) (center - reach + 0.5));
            int end = Math.min(in, (int) (center + reach + 0.5));
            double[] weights = new double[end - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = filter.applyAsDouble((i + first - center + 0.5) / filterScale);
                sum += weights[i];
            }
            int[] fixed = new int[weights.length];
            for (int i = 0; i < weights.length; i++) {
                double weight = weights[i] / sum * (1 << PRECISION_BITS);
                fixed[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
            all[x] = new Taps(first, fixed);
        }
        return all;
    }

    private static Picture horizontally(Picture picture, Taps[] taps) {
        byte[] in = picture.rgb();
        byte[] out = new byte[Math.toIntExact(3L * taps.length * picture.height())];
        int at = 0;
        for (int y = 0; y < picture.height(); y++) {
            int row = 3 * y * picture.width();
            for (Taps tap : taps) {
                for (int channel = 0; channel < 3; channel++) {
                    out[at++] = weigh(in, row + 3 * tap.first + channel, 3, tap.weights);
                }
            }
        }
        return new Picture(taps.length, picture.height(), out);
    }

    private static Picture vertically(Picture picture, Taps[] taps) {
        byte[] in = picture.rgb();
        int stride = 3 * picture.width();
        byte[] out = new byte[Math.toIntExact((long) stride * taps.length)];
        int at = 0;
        for (Taps tap : taps) {
            for (int x = 0; x < stride; x++) {
                out[at++] = weigh(in, tap.first * stride + x, stride, tap.weights);
            }
        }
        return new Picture(picture.width(), taps.length, out);
    }

    private static byte weigh(byte[] in, int at, int step, int[] weights) {
        int sum = 1 << (PRECISION_BITS - 1);
        for (int weight : weights) {
            sum += (in[at] & 0xFF) * weight;
            at += step;
        }
        return (byte) Math.clamp(sum >> PRECISION_BITS, 0, 255);
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }
}
