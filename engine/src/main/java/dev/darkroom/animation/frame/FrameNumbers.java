package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Motion;
import dev.darkroom.animation.warp.Range;

/**
 * What schedules say of one frame, as far as it changes the picture of the frame before.
 *
 * @param motion since that frame
 * @param contrast by which levels are multiplied
 * @param sharpening against blur
 * @param noise part of noise, 0…1
 */
public record FrameNumbers(Motion motion, double contrast, Sharpening sharpening, double noise) {
    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public FrameNumbers {
        Range.within("contrast", contrast, 0, 100);
        Range.within("noise", noise, 0, 1);
    }
}
