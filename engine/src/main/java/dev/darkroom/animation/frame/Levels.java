package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Range;
import dev.darkroom.job.Picture;

/** Arithmetic of single levels, of whatever channel. */
public final class Levels {
    private Levels() {}

    /**
     * Multiplies all levels, rounded half to even. What goes beyond 255 stays there; in the reference it begins again at 0.
     *
     * @throws IllegalArgumentException unless the factor is from 0 to 100
     */
    public static Picture contrast(Picture picture, double factor) {
        Range.within("contrast", factor, 0, 100);
        byte[] levels = new byte[256];
        for (int level = 0; level < levels.length; level++) {
            levels[level] = (byte) Math.min(255, Math.rint(level * factor));
        }
        byte[] out = new byte[picture.rgb().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = levels[picture.rgb()[i] & 0xFF];
        }
        return new Picture(picture.width(), picture.height(), out);
    }

    /** Changes the first and the last channel for each other. */
    static Picture swapped(Picture picture) {
        byte[] rgb = picture.rgb();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i += 3) {
            out[i] = rgb[i + 2];
            out[i + 1] = rgb[i + 1];
            out[i + 2] = rgb[i];
        }
        return new Picture(picture.width(), picture.height(), out);
    }

    /** Returns the grey picture of the same luma (ITU-R BT.601). */
    static Picture grey(Picture picture) {
        byte[] rgb = picture.rgb();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i += 3) {
            double luma = 0.299 * (rgb[i] & 0xFF) + 0.587 * (rgb[i + 1] & 0xFF) + 0.114 * (rgb[i + 2] & 0xFF);
            out[i] = out[i + 1] = out[i + 2] = (byte) Math.rint(luma);
        }
        return new Picture(picture.width(), picture.height(), out);
    }
}
