package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.flow.FlowCheck;
import org.jspecify.annotations.Nullable;

/**
 * How frames follow a video. Schedules have a number for each frame.
 *
 * @param time when the video is laid over frames
 * @param alpha how much it covers there, 0…1
 * @param mask where it comes through
 * @param motion that frames take over from it
 * @param isFromFrames true if the motion goes from the frame before to the video's frame, rather than from the video's frame before
 * @param check what of an optical flow is kept; null for all of it
 * @param flowFactor of an optical flow: 1 goes as far as the video does
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record HybridSettings(
        CompositeTime time,
        double[] alpha,
        CompositeMask mask,
        HybridMotion motion,
        boolean isFromFrames,
        @Nullable FlowCheck check,
        double[] flowFactor) {
    /** True if frames have anything to do with a video. */
    public boolean isOn() {
        return time != CompositeTime.NONE || motion != HybridMotion.NONE;
    }

    /** True if it must be known how far away things are. */
    public boolean takesDepth() {
        return time != CompositeTime.NONE
                && (mask.type() == CompositeMask.Type.DEPTH || mask.type() == CompositeMask.Type.VIDEO_DEPTH);
    }
}
