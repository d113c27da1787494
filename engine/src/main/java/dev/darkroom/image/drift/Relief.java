package dev.darkroom.image.drift;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;

/** The luma of a picture, each place measured against its surroundings: new light or a new colour leaves most of it as it was. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Relief(int width, int height, float[] values) {
    private static final int RADIUS = 5;

    /** Variation in levels of grey below which a place is taken for flat. */
    private static final double FLAT = 6;

    /** Difference of reliefs at which a place begins to lose its weight. */
    private static final double SCALE = 0.5;

    /** Smallest relief of a place that is compared. */
    private static final double STEEP = 0.7;

    private static final double OUTERMOST = 0.02;

    /** Computes the relief of a picture at a size. */
    static Relief of(Picture picture, Size size) {
        Picture small = PilResize.LANCZOS.apply(picture, size);
        int w = size.width();
        int h = size.height();
        double[] luma = new double[w * h];
        for (int i = 0; i < luma.length; i++) {
            luma[i] = 0.299 * level(small, 3 * i) + 0.587 * level(small, 3 * i + 1) + 0.114 * level(small, 3 * i + 2);
        }
        double[] sums = integral(luma, w, h, 1);
        double[] squares = integral(luma, w, h, 2);
        float[] values = new float[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double count = (Math.min(x + RADIUS, w - 1) - Math.max(x - RADIUS, 0) + 1.0)
                        * (Math.min(y + RADIUS, h - 1) - Math.max(y - RADIUS, 0) + 1);
                double mean = window(sums, x, y, w, h) / count;
                double variance = Math.max(0, window(squares, x, y, w, h) / count - mean * mean);
                values[y * w + x] = (float) ((luma[y * w + x] - mean) / (Math.sqrt(variance) + FLAT));
            }
        }
        return new Relief(w, h, values);
    }

    private static int level(Picture picture, int at) {
        return picture.rgb()[at] & 0xFF;
    }

    /** Sums up all values above and left of each place; one row and column more than the picture has. */
    private static double[] integral(double[] values, int w, int h, int power) {
        double[] sums = new double[(w + 1) * (h + 1)];
        for (int y = 0; y < h; y++) {
            double row = 0;
            for (int x = 0; x < w; x++) {
                row += Math.pow(values[y * w + x], power);
                sums[(y + 1) * (w + 1) + x + 1] = sums[y * (w + 1) + x + 1] + row;
            }
        }
        return sums;
    }

    private static double window(double[] sums, int x, int y, int w, int h) {
        int left = Math.max(x - RADIUS, 0);
        int top = Math.max(y - RADIUS, 0);
        int right = Math.min(x + RADIUS, w - 1) + 1;
        int bottom = Math.min(y + RADIUS, h - 1) + 1;
        int stride = w + 1;
        return sums[bottom * stride + right]
                - sums[top * stride + right]
                - sums[bottom * stride + left]
                + sums[top * stride + left];
    }

    /** Finds the place of a column of this relief in one that has drifted. */
    private double across(int x, double[] drift) {
        double half = width / 2.0;
        double u = (x - (width - 1) / 2.0) / half;
        return x + half * (drift[0] + drift[2] * u);
    }

    private double down(int y, double[] drift) {
        double half = height / 2.0;
        double v = (y - (height - 1) / 2.0) / half;
        return y + half * (drift[1] + drift[3] * v);
    }

    private boolean inside(double x, double y) {
        return x >= 1 && y >= 1 && x < width - 2 && y < height - 2;
    }

    private double at(double x, double y) {
        int left = (int) x;
        int top = (int) y;
        double fx = x - left;
        double fy = y - top;
        int i = top * width + left;
        return (1 - fy) * ((1 - fx) * values[i] + fx * values[i + 1])
                + fy * ((1 - fx) * values[i + width] + fx * values[i + width + 1]);
    }

    /**
     * Takes one step of Gauss and Newton towards the drift of another relief of this size.
     *
     * @param drift shift and zoom − 1, across and down, as parts of half a side; changed in place
     * @return false, with the drift as it was, if the reliefs do not determine it
     */
    boolean improve(Relief other, double[] drift) {
        int n = drift.length;
        double[][] equations = new double[n][n + 1];
        double[] slope = new double[n];
        for (int y = 0; y < height; y++) {
            double toY = down(y, drift);
            double v = 2 * (y - (height - 1) / 2.0) / height;
            for (int x = 0; x < width; x++) {
                double toX = across(x, drift);
                if (!other.inside(toX, toY)) {
                    continue;
                }
                double difference = other.at(toX, toY) - values[y * width + x];
                double weight = 1 / (1 + difference * difference / (SCALE * SCALE));
                weight *= weight;
                double u = 2 * (x - (width - 1) / 2.0) / width;
                slope[0] = (other.at(toX + 1, toY) - other.at(toX - 1, toY)) / 2 * width / 2;
                slope[1] = (other.at(toX, toY + 1) - other.at(toX, toY - 1)) / 2 * height / 2;
                slope[2] = slope[0] * u;
                slope[3] = slope[1] * v;
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        equations[i][j] += weight * slope[i] * slope[j];
                    }
                    equations[i][n] -= weight * slope[i] * difference;
                }
            }
        }
        return LinearEquations.addSolution(equations, drift);
    }

    /**
     * The likeness of two reliefs at their steep places.
     *
     * @param agreement part of the places at which they agree
     * @param span part of the side that those lie on, across or down, whichever is less; the outermost ones do not count
     * @param distance between the two on average; a place counts 1 at most
     */
    record Likeness(double agreement, double span, double distance) {}

    /** Compares this with a relief of the same size that has drifted. */
    Likeness likeness(Relief other, double[] drift) {
        long steep = 0;
        double apart = 0;
        int[] columns = new int[width];
        int[] rows = new int[height];
        for (int y = 0; y < height; y++) {
            double toY = down(y, drift);
            for (int x = 0; x < width; x++) {
                double toX = across(x, drift);
                if (!other.inside(toX, toY)) {
                    continue;
                }
                double there = other.at(toX, toY);
                double here = values[y * width + x];
                if (Math.max(Math.abs(here), Math.abs(there)) >= STEEP) {
                    double difference = Math.abs(there - here);
                    steep++;
                    apart += Math.min(1, difference);
                    if (difference < SCALE) {
                        columns[x]++;
                        rows[y]++;
                    }
                }
            }
        }
        double agreeing = Arrays.stream(rows).sum();
        return steep == 0
                ? new Likeness(0, 0, 1)
                : new Likeness(agreeing / steep, Math.min(span(columns), span(rows)), apart / steep);
    }

    /** Computes the part of an axis that all but the outermost counts lie on. */
    private static double span(int[] counts) {
        double outermost = OUTERMOST * Arrays.stream(counts).sum();
        int first = 0;
        for (double sum = counts[0]; sum < outermost && first < counts.length - 1; sum += counts[first]) {
            first++;
        }
        int last = counts.length - 1;
        for (double sum = counts[last]; sum < outermost && last > 0; sum += counts[last]) {
            last--;
        }
        return (last - first + 1.0) / counts.length;
    }
}
