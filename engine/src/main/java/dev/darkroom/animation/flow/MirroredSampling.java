package dev.darkroom.animation.flow;

import dev.darkroom.job.Picture;

/**
 * Takes each pixel of a picture from another place of it, bilinearly. Beyond the edges lies the mirrored picture, whose outermost pixels are
 * not doubled, however far it is: OpenCV's border {@code REFLECT_101}.
 */
final class MirroredSampling {
    private MirroredSampling() {}

    /** Where the pixel of a column and a row is taken from. */
    interface Places {
        /** Writes x and y, pixel centres at whole numbers; what is not finite counts as no place of its own. */
        void write(int column, int row, double[] place);
    }

    /** Samples a picture, rounding to levels. */
    static Picture of(Picture picture, Places places) {
        int width = picture.width();
        int height = picture.height();
        byte[] in = picture.rgb();
        byte[] out = new byte[in.length];
        double[] place = new double[2];
        for (int row = 0, at = 0; row < height; row++) {
            for (int column = 0; column < width; column++, at += 3) {
                places.write(column, row, place);
                boolean isPlace = Double.isFinite(place[0]) && Double.isFinite(place[1]);
                double x = isPlace ? mirrored(place[0], width) : column;
                double y = isPlace ? mirrored(place[1], height) : row;
                int left = (int) x;
                int top = (int) y;
                int first = 3 * (top * width + left);
                int right = left + 1 < width ? 3 : 0;
                int below = top + 1 < height ? 3 * width : 0;
                double part = x - left;
                double share = y - top;
                for (int channel = 0; channel < 3; channel++) {
                    int from = first + channel;
                    double upper = (in[from] & 0xFF) * (1 - part) + (in[from + right] & 0xFF) * part;
                    double lower = (in[from + below] & 0xFF) * (1 - part) + (in[from + below + right] & 0xFF) * part;
                    out[at + channel] = (byte) Math.rint(upper * (1 - share) + lower * share);
                }
            }
        }
        return new Picture(width, height, out);
    }

    /** The place within a line of pixels that shows the same. */
    private static double mirrored(double place, int length) {
        int last = length - 1;
        if (place >= 0 && place <= last) {
            return place;
        }
        if (last == 0) {
            return 0;
        }
        double within = Math.abs(place) % (2.0 * last);
        return within > last ? 2.0 * last - within : within;
    }
}
