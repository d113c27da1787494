package dev.darkroom.queue;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;

/** A job that was taken, and the way back to its caller. Exactly one of {@link #completed} and {@link #failed} ends it. */
public interface Ticket extends JobListener {
    /** The job's id, as its caller knows it. */
    String id();

    /**
     * The job that the payload asks for, read and checked: no model or storage of this worker refuses it afterwards for what it says.
     *
     * @throws JobException that lists every fault of the payload
     */
    Job job();

    /** How many bytes an answer may have that holds its pictures itself. */
    int largestAnswer();

    @Override
    void completed(JobResult result);

    @Override
    void failed(JobException reason);
}
