package dev.darkroom.animation.flow;

import boofcv.alg.filter.blur.GBlurImageOps;
import boofcv.struct.image.GrayF32;
import dev.darkroom.animation.warp.Range;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * Keeps of a flow what the flow back agrees with: what comes into sight, or goes out of it, stays where it is.
 *
 * <p>Source: Sundaram, Brox and Keutzer, Dense Point Trajectories by GPU-Accelerated Large Displacement Optical Flow, 2010, for when they
 * agree; deforum-art/sd-webui-deforum, {@code hybrid_video.py}, for the blur. There, what they do not agree about goes back by three quarters.
 *
 * @param blur standard deviation in pixels by which the edges between both are softened, 0…16
 */
public record FlowCheck(double blur) {
    private static final double REACH = 3; // of the blur, in standard deviations
    private static final double PART = 0.01;
    private static final double REST = 0.5;

    /** @throws IllegalArgumentException if the blur is out of its range */
    public FlowCheck {
        Range.within("blur", blur, 0, 16);
    }

    /**
     * Finds where the first picture's pixels are in the second, and checks it.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public Flow between(Picture first, Picture second) {
        return kept(OpticalFlow.between(first, second), OpticalFlow.between(second, first));
    }

    /** What is left of a flow. */
    Flow kept(Flow flow, Flow back) {
        Size size = flow.size();
        GrayF32 agreement = new GrayF32(size.width(), size.height());
        for (int row = 0, at = 0; row < size.height(); row++) {
            for (int column = 0; column < size.width(); column++, at++) {
                agreement.data[at] = agree(flow, back, column, row) ? 1 : 0;
            }
        }
        GrayF32 soft = blur == 0
                ? agreement
                : GBlurImageOps.gaussian(agreement, null, blur, (int) Math.ceil(REACH * blur), null);
        Flow kept = Flow.none(size);
        for (int i = 0; i < soft.data.length; i++) {
            kept.x()[i] = flow.x()[i] * soft.data[i];
            kept.y()[i] = flow.y()[i] * soft.data[i];
        }
        return kept;
    }

    private static boolean agree(Flow flow, Flow back, int column, int row) {
        Size size = flow.size();
        int at = row * size.width() + column;
        double x = flow.x()[at];
        double y = flow.y()[at];
        int there = Math.clamp(Math.round(row + y), 0, size.height() - 1) * size.width()
                + Math.clamp(Math.round(column + x), 0, size.width() - 1);
        double backX = back.x()[there];
        double backY = back.y()[there];
        double missed = (x + backX) * (x + backX) + (y + backY) * (y + backY);
        return missed < PART * (x * x + y * y + backX * backX + backY * backY) + REST;
    }
}
