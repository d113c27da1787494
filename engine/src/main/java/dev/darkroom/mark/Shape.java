package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/**
 * How strong each copy of the word is, and in which colours it is added. Lively pictures carry all copies alike. Plain ones carry the low
 * ones: files keep nothing finer in plain areas.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Shape(double[] copies, float[] channels) {
    private static final double[] LOW = {1, 0.9, 0.4, 0.1, 0.1, 0.1, 0.1};

    /** Parts of red, green and blue in luminance. */
    private static final float[] LUMINANCE = {0.299f, 0.587f, 0.114f};

    private static final float LUMINANCE_SQUARES = 0.447f;

    /** Deviation of the window by which SSIM looks at pictures, in pixels. */
    private static final double WINDOW = 1.5;

    /** @param plain 0 to 1 */
    static Shape of(double plain) {
        double[] copies = new double[Layout.COPIES];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = 1 + plain * (LOW[i] - 1);
        }
        // the change of luminance costs the fewest squared levels along its own weights, and shows the least as grey
        float[] channels = new float[LUMINANCE.length];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = (float) (1 + (1 - plain) * (LUMINANCE[i] / LUMINANCE_SQUARES - 1));
        }
        return new Shape(copies, channels);
    }

    /** The mean of the squared levels of all channels, for one of luminance. */
    double squares() {
        double sum = 0;
        for (float channel : channels) {
            sum += channel * channel / channels.length;
        }
        return sum;
    }

    /** The part of the pattern's energy that SSIM takes for structure; the rest changes lightness. */
    double structure(Layout layout) {
        double sum = 0;
        double all = 0;
        for (var carrier : layout.carriers) {
            double frequency = 2 * Math.PI * Math.hypot(carrier.x(), carrier.y()) / TILE * WINDOW;
            double energy = copies[carrier.copy()] * copies[carrier.copy()];
            sum += energy * (1 - Math.exp(-frequency * frequency));
            all += energy;
        }
        return sum / all;
    }
}
