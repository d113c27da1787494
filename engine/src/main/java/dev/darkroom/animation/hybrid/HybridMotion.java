package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.flow.OpticalFlow;
import dev.darkroom.animation.flow.WholeMotion;
import dev.darkroom.animation.flow.WholeMotion.Kind;
import dev.darkroom.job.Picture;
import java.util.function.UnaryOperator;

/** Which motion frames take over from the video: Deforum's {@code hybrid_motion}. */
public enum HybridMotion {
    NONE,
    /** Each pixel goes its own way. */
    OPTICAL_FLOW,
    /** The whole picture is shifted, turned and scaled. */
    AFFINE,
    /** The whole picture moves, each corner its own way. */
    PERSPECTIVE;

    /**
     * Finds the motion from one picture to the next; what it gives moves pictures of their size by it.
     *
     * @param factor of an optical flow: 1 goes as far as the video does
     * @throws IllegalArgumentException if the sizes differ
     */
    UnaryOperator<Picture> between(Picture before, Picture after, double factor) {
        return switch (this) {
            case NONE -> picture -> picture;
            case OPTICAL_FLOW -> OpticalFlow.between(before, after).times(factor)::moved;
            case AFFINE -> WholeMotion.between(before, after, Kind.SIMILARITY)::moved;
            case PERSPECTIVE -> WholeMotion.between(before, after, Kind.PERSPECTIVE)::moved;
        };
    }
}
