package dev.darkroom.mark;

import dev.darkroom.job.Picture;

/** How much two pictures of one size differ. */
public final class Quality {
    private static final int REACH = 5;

    private Quality() {}

    /** Peak signal to noise of all channels, in decibels. */
    public static double psnr(Picture one, Picture other) {
        double squares = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            double difference = (one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF);
            squares += difference * difference;
        }
        return 10 * Math.log10(255.0 * 255 * one.rgb().length / squares);
    }

    /** Mean SSIM of the luminance, by Gaussian windows of 11×11 pixels, every pixel counted. */
    public static double ssim(Picture one, Picture other) {
        double[] a = luminance(one);
        double[] b = luminance(other);
        int width = one.width();
        double[] meanA = mean(a, width);
        double[] meanB = mean(b, width);
        double[] squareA = mean(product(a, a), width);
        double[] squareB = mean(product(b, b), width);
        double[] both = mean(product(a, b), width);
        double sum = 0;
        int count = 0;
        for (int y = REACH; y < one.height() - REACH; y++) {
            for (int i = y * width + REACH; i < (y + 1) * width - REACH; i++) {
                double means = meanA[i] * meanB[i];
                double squares = meanA[i] * meanA[i] + meanB[i] * meanB[i];
                sum += (2 * means + 6.5025)
                        / (squares + 6.5025)
                        * (2 * (both[i] - means) + 58.5225)
                        / (squareA[i] + squareB[i] - squares + 58.5225);
                count++;
            }
        }
        return sum / count;
    }

    private static double[] luminance(Picture picture) {
        double[] values = new double[picture.width() * picture.height()];
        byte[] rgb = picture.rgb();
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.299 * (rgb[3 * i] & 0xFF) + 0.587 * (rgb[3 * i + 1] & 0xFF) + 0.114 * (rgb[3 * i + 2] & 0xFF);
        }
        return values;
    }

    private static double[] product(double[] a, double[] b) {
        double[] result = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] * b[i];
        }
        return result;
    }

    /** Weighed means of the pixels around; those of the outermost pixels are not used, and stay 0. */
    private static double[] mean(double[] values, int width) {
        return along(along(values, 1), width);
    }

    private static double[] along(double[] values, int step) {
        double[] weights = new double[2 * REACH + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(-(i - REACH) * (i - REACH) / 4.5);
            sum += weights[i];
        }
        double[] result = new double[values.length];
        for (int i = REACH * step; i < values.length - REACH * step; i++) {
            double weighed = 0;
            for (int t = 0; t < weights.length; t++) {
                weighed += weights[t] * values[i + (t - REACH) * step];
            }
            result[i] = weighed / sum;
        }
        return result;
    }
}
