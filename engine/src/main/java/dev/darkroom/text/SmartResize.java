package dev.darkroom.text;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;

/**
 * Choice of the size at which the vision tower sees a picture: both sides multiples of a merge group, the area within bounds, the ratio
 * about kept.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_vl/image_processing_qwen2_vl.py}, smart_resize.
 *
 * @param multiple side of a merge group in pixels
 * @param leastPixels smallest area
 * @param mostPixels largest area
 */
public record SmartResize(int multiple, int leastPixels, int mostPixels) {
    private static final int LARGEST_RATIO = 200;

    /**
     * Chooses the size for a picture of the given size.
     *
     * @throws JobException if one side is more than 200 times as long as the other
     */
    public Size apply(Size size) {
        int longer = Math.max(size.width(), size.height());
        int shorter = Math.min(size.width(), size.height());
        if (longer > (long) LARGEST_RATIO * shorter) {
            throw JobException.badInput(
                    "image: must not be more than " + LARGEST_RATIO + " times as long as wide, not " + size);
        }
        long width = (long) Math.rint((double) size.width() / multiple) * multiple;
        long height = (long) Math.rint((double) size.height() / multiple) * multiple;
        if (width * height > mostPixels) {
            double shrink = Math.sqrt((double) size.area() / mostPixels);
            return new Size(floor(size.width() / shrink), floor(size.height() / shrink));
        }
        if (width * height < leastPixels) {
            double grow = Math.sqrt((double) leastPixels / size.area());
            return new Size(ceil(size.width() * grow), ceil(size.height() * grow));
        }
        return new Size((int) width, (int) height);
    }

    private int floor(double side) {
        return Math.max(multiple, (int) Math.floor(side / multiple) * multiple);
    }

    private int ceil(double side) {
        return (int) Math.ceil(side / multiple) * multiple;
    }
}
