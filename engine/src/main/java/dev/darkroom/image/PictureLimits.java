package dev.darkroom.image;

/**
 * How large a picture file may unfold, as its header says before anything is decoded.
 *
 * @param longestSide width and height at most, in pixels
 * @param mostPixels width times height at most
 * @param widestRatio how many times as long as the other a side may be
 */
public record PictureLimits(int longestSide, long mostPixels, int widestRatio) {
    /** Those of a worker that was not told otherwise. */
    public static final PictureLimits STANDARD = new PictureLimits(16_384, 1L << 26, 16);
}
