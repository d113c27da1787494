package dev.darkroom.qwenimage;

import dev.darkroom.job.Size;

/**
 * Computes the size of about a given area in a picture's ratio: both sides are multiples of 32.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage_edit.py}, {@code calculate_dimensions}.
 */
public final class Dimensions {
    private static final int MULTIPLE = 32;

    private Dimensions() {}

    /**
     * Computes a size of about {@code area} pixels.
     *
     * @param ratio any size in the wanted ratio
     */
    public static Size of(long area, Size ratio) {
        double widthToHeight = (double) ratio.width() / ratio.height();
        double width = Math.sqrt(area * widthToHeight);
        return new Size(rounded(width), rounded(width / widthToHeight));
    }

    private static int rounded(double side) {
        return Math.max(MULTIPLE, (int) Math.rint(side / MULTIPLE) * MULTIPLE);
    }
}
