package dev.darkroom.animation.seed;

import dev.darkroom.job.Subseed;
import org.jspecify.annotations.Nullable;

/**
 * The second seeds of an animation, whose noise comes into that of the frames' own.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code render.py}.
 *
 * @param seeds for each frame, cut to whole numbers; a negative one for any
 * @param strengths for each frame, 0…1
 * @param start seed of the animation, from which those follow that may be any
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record Subseeds(double[] seeds, double[] strengths, long start) {
    private static final int APART = 1_000_003; // from the indices of the frames' own seeds

    /** That of a frame; null where it has no say. */
    public @Nullable Subseed at(int frame) {
        double strength = strengths[frame];
        if (strength == 0) {
            return null;
        }
        double seed = seeds[frame];
        return new Subseed(seed <= -1 ? Seeds.any(start, APART + frame) : Math.max(0, (long) seed), strength);
    }
}
