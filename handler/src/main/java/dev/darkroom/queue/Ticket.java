package dev.darkroom.queue;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;

/** A job that was taken, and the way back to its caller. Exactly one of {@link #completed} and {@link #failed} ends it. */
public interface Ticket extends Progress {
    String id();

    /**
     * The job that the payload asks for.
     *
     * @throws JobException that lists every fault of the payload
     */
    Job job();

    /** How many bytes an answer may have that holds its pictures itself. */
    int largestAnswer();

    /** One picture of several is there, while others are still being made. Called from any thread; must return at once. */
    void stored(JobResult.Image image);

    void completed(JobResult result);

    void failed(JobException reason);
}
