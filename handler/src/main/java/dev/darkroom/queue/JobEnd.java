package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of a job.
 *
 * @param accepted when the job came to this worker
 * @param reason code of the failure; null if the job has completed
 * @param trace the {@code traceparent} that its caller sent with it, as it came; null if there was none, or it is not known any more
 */
public record JobEnd(
        String id,
        Instant accepted,
        JobException.@Nullable Code reason,
        @Nullable String trace) {}
