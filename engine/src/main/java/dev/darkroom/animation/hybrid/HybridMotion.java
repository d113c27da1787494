package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.flow.Flow;
import dev.darkroom.animation.flow.FlowCheck;
import dev.darkroom.animation.flow.OpticalFlow;
import dev.darkroom.animation.flow.WholeMotion;
import dev.darkroom.animation.flow.WholeMotion.Kind;
import dev.darkroom.job.Picture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
     * @param check what of an optical flow is kept; null for all of it
     * @throws IllegalArgumentException if the sizes differ
     */
    UnaryOperator<Picture> between(Picture before, Picture after, double factor, @Nullable FlowCheck check) {
        return switch (this) {
            case NONE -> picture -> picture;
            case OPTICAL_FLOW -> flow(before, after, check).times(factor)::moved;
            case AFFINE -> WholeMotion.between(before, after, Kind.SIMILARITY)::moved;
            case PERSPECTIVE -> WholeMotion.between(before, after, Kind.PERSPECTIVE)::moved;
        };
    }

    private static Flow flow(Picture before, Picture after, @Nullable FlowCheck check) {
        return check == null ? OpticalFlow.between(before, after) : check.between(before, after);
    }
}
