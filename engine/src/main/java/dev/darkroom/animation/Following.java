package dev.darkroom.animation;

import dev.darkroom.animation.cadence.CadenceStep.Draw;
import dev.darkroom.animation.cadence.CadenceStep.Start;
import dev.darkroom.animation.frame.NextFrame;
import dev.darkroom.animation.hybrid.CompositeTime;
import dev.darkroom.animation.hybrid.Hybrid;
import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.model.Sources;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a job's video does to the frames of an animation: nothing, where it has none. Frames come in ascending order. */
final class Following implements AutoCloseable {
    private final AnimationPlan plan;
    private final @Nullable Footage footage;
    private final Hybrid hybrid;

    private Following(AnimationPlan plan, @Nullable Footage footage, Hybrid hybrid) {
        this.plan = plan;
        this.footage = footage;
        this.hybrid = hybrid;
    }

    /**
     * Begins to decode the video, if there is one.
     *
     * @param size of all frames
     * @param depths sees how far away things are in a picture; gives null where nobody can see that
     */
    static Following of(AnimationPlan plan, Sources sources, Size size, Function<Picture, @Nullable DepthMap> depths) {
        return new Following(plan, plan.footage(sources, size), new Hybrid(plan.hybrid(), depths));
    }

    /** Has frames keep the colours of the video's frame, where they are to. */
    void recolour(NextFrame next, int frame) {
        if (footage != null && plan.isRecoloured(frame)) {
            next.keepColoursOf(footage.at(frame));
        }
    }

    /** What a frame is drawn from that is not drawn from the one before; null for something else. */
    @Nullable
    Picture start(Draw draw) {
        if (footage == null) {
            return null;
        }
        boolean isFirst = draw.from() == Start.NOTHING && plan.hybrid().time() != CompositeTime.NONE;
        return plan.mode() == AnimationMode.VIDEO || isFirst && plan.startsFromVideo()
                ? footage.at(draw.frame())
                : null;
    }

    /** What becomes of the frame before, once it has moved by the animation's settings. */
    UnaryOperator<Picture> before(int frame) {
        if (footage == null || !plan.hybrid().isOn()) {
            return UnaryOperator.identity();
        }
        Picture video = footage.at(frame);
        return moved -> hybrid.before(moved, footage.before(), video, frame);
    }

    /**
     * The motion that comes into a frame between two that are drawn, for both of them.
     *
     * @param last the frame before
     */
    UnaryOperator<Picture> between(@Nullable Picture last, int frame) {
        if (footage == null || last == null || !plan.hybrid().isOn()) {
            return UnaryOperator.identity();
        }
        Picture video = footage.at(frame);
        return hybrid.motion(last, footage.before(), video, frame);
    }

    /** What becomes of a frame that was drawn, before its colours are matched. */
    Picture after(Picture drawn, int frame) {
        return footage == null || !plan.hybrid().isOn() ? drawn : hybrid.after(drawn, footage.at(frame), frame);
    }

    @Override
    public void close() {
        if (footage != null) {
            footage.close();
        }
    }
}
