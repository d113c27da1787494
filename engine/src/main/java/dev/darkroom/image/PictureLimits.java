package dev.darkroom.image;

/**
 * The largest picture that a file may unfold to, as its header says before anything is decoded.
 *
 * @param longestSide width and height at most, in pixels
 * @param mostPixels width times height at most
 * @param widestRatio how many times as long as the other a side may be
 */
public record PictureLimits(int longestSide, long mostPixels, int widestRatio) {
    /** The limits of a worker without settings. */
    public static final PictureLimits STANDARD = new PictureLimits(16_384, 1L << 26, 16);
}
