package dev.darkroom.logs;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a job that has ended: numbers and names of the worker's own, and nothing that its caller wrote or drew.
 *
 * @param reason code of the failure; null if the job has completed
 * @param model that did the job, or that it asked for; null if it ended before that was known
 * @param accepted when the job came to this worker
 * @param taken when a thread of the worker took it; null if it ended before
 * @param asked number of pictures that were asked for; 0 if the job was never read
 * @param pictures number of pictures in the answer
 * @param size of the first picture; null if there is none
 * @param steps denoising steps that were done or begun, of all pictures together
 * @param phases milliseconds by phase, in order: {@code wait} in the queue, then those of the answer's timings
 * @param trace the {@code traceparent} that the job came with; null if there was none
 */
public record EndedJob(
        String id,
        JobException.@Nullable Code reason,
        @Nullable String model,
        Instant accepted,
        @Nullable Instant taken,
        Instant ended,
        int asked,
        int pictures,
        @Nullable Size size,
        int steps,
        Map<String, Long> phases,
        @Nullable String trace) {
    /** Phase of a job that waits to be taken, which the timings of answers do not have. */
    public static final String WAIT = "wait";

    /** Returns the status that callers read. */
    public String status() {
        return Optional.ofNullable(reason).map(code -> code.ending().name()).orElse("COMPLETED");
    }
}
