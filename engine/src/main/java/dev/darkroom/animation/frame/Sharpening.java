package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Range;
import dev.darkroom.job.Picture;

/**
 * Sharpens a picture against the blur of many warps, by an unsharp mask: what differs from the blurred picture is made stronger.
 *
 * @param kernel size of the blur in pixels, odd
 * @param sigma of the blur; 0 for one that fits the size
 * @param amount of what is added; 0 or less for none
 * @param threshold below which a difference of levels stays as it is; differences downwards count round from 256, as in the reference
 */
public record Sharpening(int kernel, double sigma, double amount, double threshold) {
    /** A picture stays as it is. */
    public static final Sharpening NONE = new Sharpening(1, 1, 0, 0);

    private static final int LARGEST_KERNEL = 255;

    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public Sharpening {
        Range.within("kernel", kernel, 1, LARGEST_KERNEL);
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException("kernel: must be odd, not " + kernel);
        }
        Range.within("sigma", sigma, 0, 1000);
        Range.within("amount", amount, -100, 100);
        Range.within("threshold", threshold, -256, 256);
    }

    /** Sharpens every channel. */
    public Picture apply(Picture picture) {
        if (amount <= 0) {
            return picture;
        }
        byte[] levels = picture.rgb();
        byte[] blurred = GaussianBlur.apply(picture, kernel, sigma).rgb();
        byte[] out = new byte[levels.length];
        LevelTable sharp = LevelTable.of(this::sharpened);
        for (int i = 0; i < out.length; i++) {
            out[i] = sharp.at(levels[i], blurred[i]);
        }
        return new Picture(picture.width(), picture.height(), out);
    }

    private int sharpened(int level, int blur) {
        boolean stays = threshold > 0 && ((level - blur) & 0xFF) < threshold;
        return stays ? level : (int) Math.rint(Math.clamp((1 + amount) * level - amount * blur, 0.0, 255.0));
    }
}
