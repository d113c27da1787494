package dev.darkroom.vae;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/** The luma of a picture, each place measured against its surroundings: a lamp switched on or a new colour leaves most of it as it was. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Relief(int width, int height, float[] values) {
    private static final int RADIUS = 5;

    /** Levels of grey: what varies less than that is taken for flat. */
    private static final double FLAT = 6;

    /** Relief that differs by so much begins to lose its weight. */
    private static final double SCALE = 0.5;

    /** Relief that is worth asking whether it agrees. */
    private static final double STEEP = 0.7;

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

    /** Sums of all values above and left of a place; one row and column more than the picture has. */
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

    /** Where a place of this relief stands in one that has drifted. */
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
     * One step of Gauss and Newton towards the drift of another relief of this size.
     *
     * @param drift shift and zoom − 1, across and down, as parts of half a side; changed in place
     * @return false if the reliefs do not tell
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

    /** The part of the steep places of either relief at which they agree. */
    double agreement(Relief other, double[] drift) {
        return compare(other, drift)[0];
    }

    /** How far they are apart at the steep places, on average; a place counts 1 at most. */
    double disagreement(Relief other, double[] drift) {
        return compare(other, drift)[1];
    }

    private double[] compare(Relief other, double[] drift) {
        long steep = 0;
        long agreeing = 0;
        double apart = 0;
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
                    agreeing += difference < SCALE ? 1 : 0;
                    apart += Math.min(1, difference);
                }
            }
        }
        return steep == 0 ? new double[] {0, 1} : new double[] {(double) agreeing / steep, apart / steep};
    }
}
