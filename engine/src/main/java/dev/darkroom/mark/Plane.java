package dev.darkroom.mark;

import dev.darkroom.job.Picture;
import java.util.Arrays;

/** One channel of numbers. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Plane(int width, int height, float[] values) {
    private static final int PAD = 4;

    static Plane luminance(Picture picture) {
        byte[] rgb = picture.rgb();
        int width = picture.width();
        float[] values = new float[width * picture.height()];
        Rows.each(width, picture.height(), (from, to) -> {
            int at = 3 * from * width;
            for (int i = from * width; i < to * width; i++) {
                int sum = 77 * (rgb[at] & 0xFF) + 150 * (rgb[at + 1] & 0xFF) + 29 * (rgb[at + 2] & 0xFF);
                values[i] = sum * (1f / 256);
                at += 3;
            }
        });
        return new Plane(width, picture.height(), values);
    }

    /** In each row two means of five pixels, one of the other, with the edge's pixels going on outside. */
    float[] meansAcross() {
        float[] result = new float[values.length];
        Rows.each(width, height, (from, to) -> meansAcross(from, to, result));
        return result;
    }

    private void meansAcross(int from, int to, float[] result) {
        float[] padded = new float[width + 2 * PAD];
        float[] once = new float[width + 2 * PAD];
        for (int y = from; y < to; y++) {
            pad(y, padded);
            for (int x = 2; x < padded.length - 2; x++) {
                once[x] = padded[x - 2] + padded[x - 1] + padded[x] + padded[x + 1] + padded[x + 2];
            }
            int row = y * width;
            for (int x = 0; x < width; x++) {
                int at = x + PAD;
                result[row + x] = (once[at - 2] + once[at - 1] + once[at] + once[at + 1] + once[at + 2]) * (1f / 25);
            }
        }
    }

    private void pad(int y, float[] padded) {
        int row = y * width;
        int pad = (padded.length - width) / 2;
        System.arraycopy(values, row, padded, pad, width);
        Arrays.fill(padded, 0, pad, values[row]);
        Arrays.fill(padded, width + pad, padded.length, values[row + width - 1]);
    }

    Plane cut(int left, int top, int newWidth, int newHeight) {
        float[] part = new float[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            System.arraycopy(values, (top + y) * width + left, part, y * newWidth, newWidth);
        }
        return new Plane(newWidth, newHeight, part);
    }

    /**
     * A part of this plane as it is when all of it is resized, with Catmull and Rom's cubic, widened where it shrinks.
     *
     * @param left first column of the part, in pixels of the resized plane
     * @param scale pixels of this plane for one of the resized plane
     */
    Plane resized(int left, int top, int newWidth, int newHeight, double scale) {
        return across(left, newWidth, scale)
                .turned()
                .across(top, newHeight, scale)
                .turned();
    }

    private Plane turned() {
        float[] result = new float[values.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                result[x * height + y] = values[y * width + x];
            }
        }
        return new Plane(height, width, result);
    }

    private Plane across(int left, int newWidth, double scale) {
        double widen = Math.max(1, scale);
        int taps = (int) Math.ceil(2 * widen) * 2 + 1;
        int[] first = new int[newWidth];
        float[] weights = new float[newWidth * taps];
        for (int x = 0; x < newWidth; x++) {
            double centre = (left + x + 0.5) * scale - 0.5;
            first[x] = (int) Math.floor(centre) - taps / 2;
            weights(weights, x * taps, taps, (first[x] - centre) / widen, 1 / widen);
        }
        float[] result = new float[newWidth * height];
        int pad = taps + 1;
        float[] padded = new float[width + 2 * pad];
        for (int y = 0; y < height; y++) {
            pad(y, padded);
            for (int x = 0; x < newWidth; x++) {
                float sum = 0;
                int from = Math.clamp(first[x] + pad, 0, padded.length - taps);
                for (int t = 0; t < taps; t++) {
                    sum += padded[from + t] * weights[x * taps + t];
                }
                result[y * newWidth + x] = sum;
            }
        }
        return new Plane(newWidth, height, result);
    }

    private static void weights(float[] weights, int at, int taps, double first, double step) {
        double sum = 0;
        for (int t = 0; t < taps; t++) {
            weights[at + t] = (float) cubic(first + t * step);
            sum += weights[at + t];
        }
        for (int t = 0; t < taps; t++) {
            weights[at + t] /= (float) sum;
        }
    }

    private static double cubic(double at) {
        double d = Math.abs(at);
        if (d < 1) {
            return (1.5 * d - 2.5) * d * d + 1;
        }
        return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    }
}
