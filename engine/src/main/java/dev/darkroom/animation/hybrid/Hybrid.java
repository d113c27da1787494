package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.job.Picture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Has frames follow a video: one for an animation. All pictures are of the frames' size; a frame's index is that of its settings, behind the
 * last one those of the last one hold.
 */
public final class Hybrid {
    private final HybridSettings settings;
    private final Function<Picture, @Nullable DepthMap> depths;

    /**
     * @param depths sees how far away things are in a picture, if {@link HybridSettings#takesDepth}; gives null where all of it is equally
     *     far: then the video covers all of it
     */
    public Hybrid(HybridSettings settings, Function<Picture, @Nullable DepthMap> depths) {
        this.settings = settings;
        this.depths = depths;
    }

    /**
     * What becomes of the frame before, once it has moved by the animation's own settings and before its colours are matched: the video is
     * laid over it, it moves as the video does, or one after the other.
     *
     * @param previous the frame before
     * @param videoBefore the video's frame for the frame before; null if it has none, and then nothing moves
     * @param video the video's frame for the frame to be drawn
     * @param frame to be drawn
     * @throws IllegalArgumentException if the sizes differ
     */
    public Picture before(Picture previous, @Nullable Picture videoBefore, Picture video, int frame) {
        Picture laid = settings.time() == CompositeTime.BEFORE_MOTION ? composite(previous, video, frame) : previous;
        Picture moved = motion(laid, videoBefore, video, frame).apply(laid);
        return settings.time() == CompositeTime.NORMAL ? composite(moved, video, frame) : moved;
    }

    /**
     * The motion that comes into a frame from the video, for one picture or for both that a frame lies between.
     *
     * @param previous the frame before
     * @param videoBefore the video's frame for the frame before; null if it has none, and then nothing moves
     * @param video the video's frame for this frame
     * @throws IllegalArgumentException if the sizes differ
     */
    public UnaryOperator<Picture> motion(Picture previous, @Nullable Picture videoBefore, Picture video, int frame) {
        Picture first = settings.isFromFrames() ? previous : videoBefore;
        return first == null
                ? UnaryOperator.identity()
                : settings.motion().between(first, video, at(settings.flowFactor(), frame), settings.check());
    }

    /**
     * What becomes of a frame that was drawn, before its colours are matched.
     *
     * @param drawn the frame
     * @param video the video's frame for it
     */
    public Picture after(Picture drawn, Picture video, int frame) {
        return settings.time() == CompositeTime.AFTER_GENERATION && frame > 0 ? composite(drawn, video, frame) : drawn;
    }

    private Picture composite(Picture frame, Picture video, int index) {
        if (!video.size().equals(frame.size())) {
            throw new IllegalArgumentException(
                    "frames must be of one size, not " + frame.size() + " and " + video.size());
        }
        int known = Math.min(index, settings.alpha().length - 1);
        GreyLevels mask = settings.mask().of(frame, video, known, depths);
        Picture laid = mask == null ? video : Masked.of(frame, video, mask);
        return Masked.blended(frame, laid, settings.alpha()[known]);
    }

    private static double at(double[] schedule, int frame) {
        return schedule[Math.min(frame, schedule.length - 1)];
    }
}
