package dev.darkroom.animation;

import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;

/**
 * Limits on the work that one animation may ask for.
 *
 * @param frames of an animation
 * @param pixels of all its frames together
 * @param pictures limits of each frame
 */
public record AnimationLimits(int frames, long pixels, Limits pictures) {
    /** A thousand frames of a megapixel. */
    public static final AnimationLimits STANDARD = new AnimationLimits(
            AnimationSettings.MOST_FRAMES, (long) AnimationSettings.MOST_FRAMES << 20, Limits.STANDARD);

    public AnimationLimits {
        if (frames < 1 || pixels < 1) {
            throw new IllegalArgumentException(
                    "limits that allow no animation: " + frames + " frames, " + pixels + " pixels");
        }
    }

    /**
     * Checks the size of an animation.
     *
     * @throws JobException that names the field and the limit
     */
    void require(Size size, int count) {
        pictures.require(size);
        if (size.area() * count > pixels) {
            throw JobException.badInput("max_frames: " + count + " frames of " + size + " have "
                    + size.area() * count + " pixels, but all frames together may have at most " + pixels
                    + ": ask for fewer or smaller ones");
        }
    }
}
