package dev.darkroom.job;

/** Listener to the steps of a running job. Methods are called on the GPU's thread between two steps, so they must return at once. */
@FunctionalInterface
public interface Progress {
    /** Progress of runs that nobody follows. */
    Progress NONE = (step, steps) -> {};

    /**
     * Called after {@code step} of {@code steps} denoising steps, and with 0 before the first.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} to end the job here
     */
    void report(int step, int steps);

    /**
     * Checks whether the job was cancelled, without changing anything; returns while the job is still wanted.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} if the job was cancelled
     */
    default void checkCancelled() {}

    /**
     * Called where a job that was cancelled could end with what it has so far. Returns true if that is wanted: from then on the job counts as
     * not cancelled, until it has ended so.
     */
    default boolean endsEarly() {
        return false;
    }

    /** How many small pictures of the work in progress this listener wants of each picture; they come by {@link #preview}. */
    default int previews() {
        return 0;
    }

    /**
     * Called between two steps with a small picture of the work in progress, a quarter as wide and high.
     *
     * @param step how many of the picture's own {@code steps} are done
     */
    default void preview(Sample sample, int step, int steps, Picture picture) {}

    /** Keeps the frames of an animation from try to try. */
    default Frames frames() {
        return Frames.NONE;
    }

    /**
     * Called with each finished frame of an animation, in order; from the first one again if the animation is drawn again.
     *
     * @param index of the frame, from 0
     * @param of how many frames the animation has
     */
    default void frame(int index, int of, Picture picture) {}

    /**
     * Makes a listener to some of several pictures, of equally many steps each, which are drawn together: it reports their steps as a part
     * of the whole.
     *
     * @param index place of the first of them
     * @param pictures that are drawn together
     * @param count of all pictures
     */
    default Progress part(int index, int pictures, int count) {
        Progress whole = this;
        return new Progress() {
            @Override
            public void report(int step, int steps) {
                whole.report(index * steps + pictures * step, count * steps);
            }

            @Override
            public void checkCancelled() {
                whole.checkCancelled();
            }

            @Override
            public boolean endsEarly() {
                return whole.endsEarly();
            }

            @Override
            public int previews() {
                return whole.previews();
            }

            @Override
            public void preview(Sample sample, int step, int steps, Picture picture) {
                whole.preview(sample, step, steps, picture);
            }

            @Override
            public Frames frames() {
                return whole.frames();
            }

            @Override
            public void frame(int index, int of, Picture picture) {
                whole.frame(index, of, picture);
            }
        };
    }
}
