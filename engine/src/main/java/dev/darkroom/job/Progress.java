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
        };
    }
}
