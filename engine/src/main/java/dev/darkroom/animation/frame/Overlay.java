package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Range;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * A picture of which frames keep all that lies outside a mask.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code load_images.py}, {@code prepare_mask}, and {@code masks.py},
 * {@code do_overlay_mask}.
 *
 * @param outside the picture, of the frames' size
 * @param mask of the same size, grey: white where frames change, and partly where it is partly white
 */
public record Overlay(Picture outside, Picture mask) {
    private static final double REACH = 3; // of the blur, in standard deviations: what is beyond does not show

    public Overlay {
        if (!outside.size().equals(mask.size())) {
            throw new IllegalArgumentException("a mask of " + mask.size() + " for a picture of " + outside.size());
        }
    }

    /**
     * What is done to a mask before it is laid over frames.
     *
     * @param isInverted true if it is black where frames change
     * @param contrast by which levels are stretched about their middle, 0…100
     * @param brightness by which levels are multiplied, 0…100
     * @param blur standard deviation in pixels, 0…64
     */
    public record Edge(boolean isInverted, double contrast, double brightness, double blur) {
        /** @throws IllegalArgumentException that names the setting and its range */
        public Edge {
            Range.within("mask_contrast_adjust", contrast, 0, 100);
            Range.within("mask_brightness_adjust", brightness, 0, 100);
            Range.within("mask_overlay_blur", blur, 0, 64);
        }
    }

    /**
     * Prepares both for frames of a size.
     *
     * @param outside of any size
     * @param mask of any size, white where frames change
     */
    public static Overlay of(Picture outside, Picture mask, Size size, Edge edge) {
        Picture grey = changed(Levels.grey(PilResize.BICUBIC.apply(mask, size)), edge);
        int kernel = 2 * (int) Math.ceil(REACH * edge.blur()) + 1;
        return new Overlay(
                PilResize.LANCZOS.apply(outside, size),
                edge.blur() == 0 ? grey : GaussianBlur.apply(grey, kernel, edge.blur()));
    }

    private static Picture changed(Picture mask, Edge edge) {
        byte[] levels = new byte[256];
        double middle = mean(mask);
        for (int level = 0; level < levels.length; level++) {
            double stretched = clamped(middle + (level - middle) * edge.contrast());
            double bright = clamped(stretched * edge.brightness());
            levels[level] = (byte) Math.rint(edge.isInverted() ? 255 - bright : bright);
        }
        byte[] out = new byte[mask.rgb().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = levels[mask.rgb()[i] & 0xFF];
        }
        return new Picture(mask.width(), mask.height(), out);
    }

    private static double mean(Picture mask) {
        long sum = 0;
        for (byte level : mask.rgb()) {
            sum += level & 0xFF;
        }
        return Math.rint((double) sum / mask.rgb().length);
    }

    private static double clamped(double level) {
        return Math.clamp(level, 0, 255);
    }

    /** Lays the picture over a frame of its size, outside the mask. */
    public Picture over(Picture frame) {
        byte[] out = new byte[frame.rgb().length];
        for (int i = 0; i < out.length; i++) {
            int part = mask.rgb()[i] & 0xFF;
            int sum = (frame.rgb()[i] & 0xFF) * part + (outside.rgb()[i] & 0xFF) * (255 - part);
            out[i] = (byte) ((sum + 127) / 255);
        }
        return new Picture(frame.width(), frame.height(), out);
    }
}
