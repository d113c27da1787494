package dev.darkroom.mark;

/**
 * How alike two pictures are by SSIM, at up to some thousand places spread over them.
 *
 * <p>Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity" (2004): Gaussian
 * windows of 11×11 pixels with a deviation of 1.5.
 */
final class Similarity {
    private static final int REACH = 5;
    private static final int PLACES = 64;
    private static final float[] WINDOW = window();

    private Similarity() {}

    private static float[] window() {
        float[] window = new float[2 * REACH + 1];
        double sum = 0;
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) Math.exp(-(i - REACH) * (i - REACH) / 4.5);
            sum += window[i];
        }
        for (int i = 0; i < window.length; i++) {
            window[i] /= (float) sum;
        }
        return window;
    }

    /** What the mean similarity lacks of 1. */
    static double lacking(Plane one, Plane other) {
        double sum = 0;
        int count = 0;
        int stepX = Math.max(1, (one.width() - 2 * REACH) / PLACES);
        int stepY = Math.max(1, (one.height() - 2 * REACH) / PLACES);
        for (int y = REACH; y < one.height() - REACH; y += stepY) {
            // rows begin at different places, so that no regular structure is met in one phase alone
            for (int x = REACH + y * 7 % stepX; x < one.width() - REACH; x += stepX) {
                sum += 1 - at(one, other, x, y);
                count++;
            }
        }
        return sum / count;
    }

    private static double at(Plane one, Plane other, int x, int y) {
        double a = 0;
        double b = 0;
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int dy = -REACH; dy <= REACH; dy++) {
            int row = (y + dy) * one.width() + x;
            for (int dx = -REACH; dx <= REACH; dx++) {
                float weight = WINDOW[dy + REACH] * WINDOW[dx + REACH];
                double p = one.values()[row + dx];
                double q = other.values()[row + dx];
                a += weight * p;
                b += weight * q;
                aa += weight * p * p;
                bb += weight * q * q;
                ab += weight * p * q;
            }
        }
        double varied = aa - a * a + bb - b * b + Texture.STRUCTURE;
        double alike = 2 * (ab - a * b) + Texture.STRUCTURE;
        return (2 * a * b + Texture.LIGHTNESS) / (a * a + b * b + Texture.LIGHTNESS) * alike / varied;
    }
}
