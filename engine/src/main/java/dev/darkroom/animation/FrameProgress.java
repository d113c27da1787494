package dev.darkroom.animation;

import dev.darkroom.job.Frames;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;

/**
 * Reports the steps of one frame as a part of all. A frame that takes fewer steps than others, as those from a picture do, goes forward
 * faster, so that all frames are equal parts. Pictures of single steps are not passed on: finished frames are.
 *
 * @param whole listener to all frames
 * @param index of the frame among those that are drawn
 * @param count of frames that are drawn
 * @param steps that a frame counts for
 */
record FrameProgress(Progress whole, int index, int count, int steps) implements Progress {
    @Override
    public void report(int step, int of) {
        int done = of == 0 ? 0 : (int) Math.min(steps, (long) step * steps / of);
        whole.part(index, 1, count).report(done, steps);
    }

    @Override
    public void checkCancelled() {
        whole.checkCancelled();
    }

    @Override
    public Frames frames() {
        return whole.frames();
    }

    @Override
    public void frame(int frame, int of, Picture picture) {
        whole.frame(frame, of, picture);
    }
}
