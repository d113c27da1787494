package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import org.jspecify.annotations.Nullable;

/** Is told how jobs end, of each job once. Called from any thread; must return at once. */
@FunctionalInterface
public interface JobEndListener {
    /**
     * A job has ended.
     *
     * @param reason why there is no result; null if the job has completed
     */
    void ended(JobException.@Nullable Code reason);
}
