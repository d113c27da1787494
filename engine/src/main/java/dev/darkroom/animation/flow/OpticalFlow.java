package dev.darkroom.animation.flow;

import boofcv.abst.flow.DenseOpticalFlow;
import boofcv.alg.flow.ConfigBroxWarping;
import boofcv.factory.flow.FactoryDenseOpticalFlow;
import boofcv.struct.flow.ImageFlow;
import boofcv.struct.image.GrayF32;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * Finds the optical flow between two pictures: where each pixel of one has gone in the other. The same pictures always have the same flow.
 *
 * <p>Pictures are made small for it, so that it takes as long whatever their size. Source: Brox, Bruhn, Papenberg and Weickert, High Accuracy
 * Optical Flow Estimation Based on a Theory for Warping, 2004, as BoofCV has it, in fewer iterations.
 */
public final class OpticalFlow {
    /** Longer side of the pictures that are compared: what lies between their pixels is found all the same. */
    private static final int SIDE = 256;

    /** Below this a side has no pyramid. */
    private static final int LEAST = 16;

    private static final int OUTER_ITERATIONS = 5;
    private static final int INNER_ITERATIONS = 1;
    private static final int RELAXATIONS = 15;
    private static final float TOLERANCE = 1e-5f;
    private static final double LAYER_SCALE = 0.5;

    private OpticalFlow() {}

    /**
     * Finds where the first picture's pixels are in the second.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public static Flow between(Picture first, Picture second) {
        Size size = first.size();
        if (!second.size().equals(size)) {
            throw new IllegalArgumentException("frames must be of one size, not " + size + " and " + second.size());
        }
        Size small = small(size);
        if (Math.min(small.width(), small.height()) < LEAST) {
            return Flow.none(size);
        }
        return enlarged(compared(first, second, small), size);
    }

    private static Size small(Size size) {
        double scale = Math.min(1, (double) SIDE / Math.max(size.width(), size.height()));
        return new Size(side(size.width(), scale), side(size.height(), scale));
    }

    /** A side of the small picture: no smaller than a pyramid takes, if the picture is not. */
    private static int side(int length, double scale) {
        return Math.max(Math.min(length, LEAST), (int) Math.rint(length * scale));
    }

    private static ImageFlow compared(Picture first, Picture second, Size size) {
        GrayF32 before = GreyImages.of(PilResize.BICUBIC.apply(first, size));
        GrayF32 after = GreyImages.of(PilResize.BICUBIC.apply(second, size));
        var flow = new ImageFlow(size.width(), size.height());
        method().process(before, after, flow);
        return flow;
    }

    private static DenseOpticalFlow<GrayF32> method() {
        var config = new ConfigBroxWarping();
        config.numOuter = OUTER_ITERATIONS;
        config.numInner = INNER_ITERATIONS;
        config.maxIterationsSor = RELAXATIONS;
        config.convergeToleranceSor = TOLERANCE;
        config.pyrScale = LAYER_SCALE;
        return FactoryDenseOpticalFlow.broxWarping(config, GrayF32.class);
    }

    /** The flow of a larger picture, bilinearly between its own pixels. */
    private static Flow enlarged(ImageFlow small, Size size) {
        Flow flow = Flow.none(size);
        double acrossScale = (double) small.width / size.width();
        double downScale = (double) small.height / size.height();
        for (int row = 0, at = 0; row < size.height(); row++) {
            double y = Math.clamp((row + 0.5) * downScale - 0.5, 0, small.height - 1);
            int top = (int) y;
            int bottom = Math.min(top + 1, small.height - 1);
            for (int column = 0; column < size.width(); column++, at++) {
                double x = Math.clamp((column + 0.5) * acrossScale - 0.5, 0, small.width - 1);
                int left = (int) x;
                int right = Math.min(left + 1, small.width - 1);
                var upper = mixed(small.get(left, top), small.get(right, top), x - left);
                var lower = mixed(small.get(left, bottom), small.get(right, bottom), x - left);
                var here = mixed(upper, lower, y - top);
                flow.x()[at] = finite(here.x / acrossScale);
                flow.y()[at] = finite(here.y / downScale);
            }
        }
        return flow;
    }

    private static ImageFlow.D mixed(ImageFlow.D first, ImageFlow.D second, double part) {
        var mixed = new ImageFlow.D();
        mixed.set((float) (first.x + (second.x - first.x) * part), (float) (first.y + (second.y - first.y) * part));
        return mixed;
    }

    /** What could not be found has not moved. */
    private static float finite(double value) {
        return Double.isFinite(value) ? (float) value : 0;
    }
}
