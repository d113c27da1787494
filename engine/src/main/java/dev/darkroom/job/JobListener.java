package dev.darkroom.job;

/** What happens to a job while a worker does it, in this order. All methods must return at once. */
public interface JobListener extends Progress {
    /** Its images and LoRAs are on this machine. */
    default void fetched(Timings timings) {}

    /**
     * The job begins: on the GPU, or with storing what an earlier try has drawn. Called once at least, with no effect after the first time.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} or {@link JobException.Code#TIMED_OUT} if it was withdrawn
     */
    default void started() {}

    /** {@code step} of {@code steps} denoising steps are done, of all its pictures together. */
    @Override
    default void report(int step, int steps) {}

    /** One picture is drawn, and about to be stored. */
    default void drawn(Sample sample, Timings timings) {}

    /** One picture is stored, while others may still be drawn. Called from any thread. */
    default void stored(JobResult.Image image) {}

    /** The GPU's part is over: the next job may begin while this one's pictures are being stored. */
    default void rendered() {}

    /** The job has ended with a result. */
    default void completed(JobResult result) {}

    /** The job has ended without a result. */
    default void failed(JobException reason) {}
}
