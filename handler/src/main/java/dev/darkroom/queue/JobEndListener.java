package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import org.jspecify.annotations.Nullable;

/** A listener that hears of each job once, how it ended. Called from any thread; must return at once. */
@FunctionalInterface
public interface JobEndListener {
    /**
     * Called when a job has ended.
     *
     * @param reason code of the failure; null if the job has completed
     */
    void ended(JobException.@Nullable Code reason);
}
