package dev.darkroom.job;

/** Listener to the stages of a job while a worker does it, in this order. All methods must return at once. */
public interface JobListener extends Progress {
    /** Called when the job has been read, before anything is done for it. */
    default void read(Job job) {}

    /** Called when the job's images and LoRAs are on this machine. */
    default void fetched(Timings timings) {}

    /**
     * Called when the job begins: on the GPU, or with storing the pictures that an earlier try has drawn. Called at least once, with no
     * effect after the first time.
     *
     * @throws JobException with {@link JobException.Code#CANCELLED} or {@link JobException.Code#TIMED_OUT} if it was withdrawn
     */
    default void started() {}

    /** Called after {@code step} of {@code steps} denoising steps, of all the job's pictures together. */
    @Override
    default void report(int step, int steps) {}

    /** Called from any thread with a small file of the work in progress, if the job asks for {@link Delivery#previews}. */
    default void previewed(Preview preview) {}

    /** Called when one picture is drawn, and about to be stored. */
    default void drawn(Sample sample, Timings timings) {}

    /** Called from any thread when one picture is stored, while others may still be drawn. */
    default void stored(JobResult.Image image) {}

    /** Called when the GPU's part is over: the next job may begin while this one's pictures are being stored. */
    default void rendered() {}

    /** Called when the job has ended with a result. */
    default void completed(JobResult result) {}

    /** Called when the job has ended without a result. */
    default void failed(JobException reason) {}
}
