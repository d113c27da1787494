package dev.darkroom.job;

/** Follows a running job. Called on the GPU's thread between two steps, so it must return at once. */
@FunctionalInterface
public interface Progress {
    /** For runs that nobody follows. */
    Progress NONE = (step, steps) -> {};

    /**
     * {@code step} of {@code steps} denoising steps are done; 0 before the first.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} to end the job here
     */
    void report(int step, int steps);

    /**
     * Only asks: changes nothing, and returns while the job is still wanted.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} if the job was withdrawn
     */
    default void checkCancelled() {}

    /** Follows one of several pictures, of equally many steps each, and reports it as a part of the whole. */
    default Progress part(int index, int count) {
        Progress whole = this;
        return new Progress() {
            @Override
            public void report(int step, int steps) {
                whole.report(index * steps + step, count * steps);
            }

            @Override
            public void checkCancelled() {
                whole.checkCancelled();
            }
        };
    }
}
