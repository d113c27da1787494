package dev.darkroom.animation.cadence;

import java.util.OptionalInt;

/** One thing to do on the way through an animation. */
public sealed interface CadenceStep {
    /** The frame whose settings count. */
    int frame();

    /** True if what it gives is a frame of the animation. */
    boolean isKept();

    /**
     * A picture is drawn, from the one before: that is moved by this frame's settings first.
     *
     * @param from what it starts from
     */
    record Draw(int frame, Start from, boolean isKept) implements CadenceStep {}

    /**
     * A frame is put together from two drawn pictures, which move along with the frames: {@code previous · (1 − weight) + next · weight}.
     *
     * @param weight of the next picture; at 1 it is the whole frame, as it is where there is no previous one
     * @param previous frame that the older picture was drawn for
     * @param next frame that the newer picture was drawn for
     * @param movesPrevious true if the older picture is moved on by this frame's settings before, and stays so
     * @param movesNext true if the newer picture is
     */
    record Between(int frame, double weight, OptionalInt previous, int next, boolean movesPrevious, boolean movesNext)
            implements CadenceStep {
        @Override
        public boolean isKept() {
            return true;
        }
    }

    /** What a drawn picture starts from. */
    enum Start {
        /** Noise, or the job's picture. */
        NOTHING,
        /** The picture drawn before. */
        DRAWN,
        /** The last frame that was put together. */
        BETWEEN
    }
}
