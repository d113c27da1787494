package dev.darkroom.queue;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;
import java.time.Instant;

/** A job in the hands of a worker, and the way back to its caller. Exactly one of {@link #completed} and {@link #failed} ends it. */
public interface Ticket extends JobListener {
    /** Returns the id that the caller knows the job by. */
    String id();

    /**
     * Returns the job, read and checked: no model or storage of this worker refuses it afterwards for its content.
     *
     * @throws JobException that lists every fault of the payload
     */
    Job job();

    /** Returns when the job came to this worker: into its queue, or from the platform. */
    Instant accepted();

    /** Returns how many bytes an answer may have that contains its pictures. */
    int largestAnswer();

    /** Returns true if the job is known, or done, after this process: mostly, but not where a caller waits for it and it was not written down. */
    default boolean outlivesProcess() {
        return true;
    }

    /** Returns true if nobody does the job once more after it was cancelled here: then nothing is of use that another try would go on with. */
    default boolean isOverWhenCancelled() {
        return true;
    }

    @Override
    void completed(JobResult result);

    @Override
    void failed(JobException reason);
}
