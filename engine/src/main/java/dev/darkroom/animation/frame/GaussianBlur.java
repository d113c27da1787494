package dev.darkroom.animation.frame;

import dev.darkroom.job.Picture;
import java.util.Arrays;

/**
 * Blurs a picture by a Gaussian kernel, mirrored at the edge without repeating it.
 *
 * <p>Source: OpenCV's documentation of {@code GaussianBlur} for 8-bit images. The kernel has 8 fractional bits, whose rounding errors go on
 * to its next number, and sums are rounded once, at the end.
 */
final class GaussianBlur {
    private static final int ONE = 256;

    /** Halves of the kernels that small sizes have where no sigma is given, in 256ths. */
    private static final int[][] SMALL = {{256}, {64, 128}, {16, 64, 96}, {8, 28, 56, 72}, {4, 13, 30, 51, 60}};

    private GaussianBlur() {}

    /**
     * Blurs every channel.
     *
     * @param size of the kernel, odd
     * @param sigma standard deviation in pixels; 0 or less for one that fits the size
     */
    static Picture apply(Picture picture, int size, double sigma) {
        int[] kernel = kernel(size, sigma);
        int width = picture.width();
        int height = picture.height();
        int[] across = across(picture, kernel);
        byte[] out = new byte[picture.rgb().length];
        int[] sums = new int[3 * width];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, ONE * ONE / 2);
            for (int k = 0; k < size; k++) {
                int row = 3 * width * mirrored(y + k - size / 2, height);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += kernel[k] * across[row + i];
                }
            }
            for (int i = 0; i < sums.length; i++) {
                out[3 * width * y + i] = (byte) (sums[i] / (ONE * ONE));
            }
        }
        return new Picture(width, height, out);
    }

    private static int[] across(Picture picture, int[] kernel) {
        byte[] rgb = picture.rgb();
        int width = picture.width();
        int[] columns = new int[width * kernel.length];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = 3 * mirrored(i / kernel.length + i % kernel.length - kernel.length / 2, width);
        }
        int[] sums = new int[rgb.length];
        int to = 0;
        for (int row = 0; row < rgb.length; row += 3 * width) {
            for (int i = 0; i < columns.length; i += kernel.length, to += 3) {
                for (int k = 0; k < kernel.length; k++) {
                    int from = row + columns[i + k];
                    sums[to] += kernel[k] * (rgb[from] & 0xFF);
                    sums[to + 1] += kernel[k] * (rgb[from + 1] & 0xFF);
                    sums[to + 2] += kernel[k] * (rgb[from + 2] & 0xFF);
                }
            }
        }
        return sums;
    }

    private static int mirrored(int at, int length) {
        if (length == 1) {
            return 0;
        }
        int period = 2 * (length - 1);
        int within = Math.floorMod(at, period);
        return Math.min(within, period - within);
    }

    /** The kernel in 256ths. */
    static int[] kernel(int size, double sigma) {
        int[] kernel = new int[size];
        double[] bell = bell(size, sigma);
        double error = 0;
        int rest = ONE;
        for (int i = 0; i < size / 2; i++) {
            double exact = bell[i] * ONE + error;
            kernel[i] = (int) Math.rint(exact);
            kernel[size - 1 - i] = kernel[i];
            error = exact - kernel[i];
            rest -= 2 * kernel[i];
        }
        kernel[size / 2] = rest;
        return kernel;
    }

    private static double[] bell(int size, double sigma) {
        double[] bell = new double[size];
        if (sigma <= 0 && size / 2 < SMALL.length) {
            for (int i = 0; i < size; i++) {
                bell[i] = SMALL[size / 2][Math.min(i, size - 1 - i)] / (double) ONE;
            }
            return bell;
        }
        double width = sigma > 0 ? sigma : 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double x = i - size / 2;
            bell[i] = Math.exp(-x * x / (2 * width * width));
            sum += bell[i];
        }
        for (int i = 0; i < size; i++) {
            bell[i] /= sum;
        }
        return bell;
    }
}
