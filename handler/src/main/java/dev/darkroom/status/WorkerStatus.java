package dev.darkroom.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.darkroom.logs.EndedJob;
import dev.darkroom.queue.durable.Counts;
import dev.darkroom.queue.http.MemoryStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code /status}. Nothing in it comes from what callers wrote or drew.
 *
 * @param state of the worker: STARTING, READY, BUSY, DEFUNCT or SETUP_FAILED
 * @param troubles why no job could be done although the worker runs, by the parts that do not work
 * @param version of the worker
 * @param revision of its source code, where that is known
 * @param uptimeSeconds since the process began
 * @param device that networks compute on; absent while the worker starts
 * @param jobs numbers of jobs, as in {@code /health}
 * @param models the default first; none while the worker starts
 * @param memory as in {@code /health}; absent while the worker starts
 * @param lastJobs the jobs that ended last, the last first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerStatus(
        String state,
        Map<String, String> troubles,
        String version,
        @Nullable String revision,
        long uptimeSeconds,
        @Nullable String device,
        Counts.Jobs jobs,
        List<Model> models,
        @Nullable MemoryStatus memory,
        List<LastJob> lastJobs) {
    /**
     * A served model.
     *
     * @param isDefault true for the model of jobs that name none, where it can do them
     * @param revision of its checkpoint, where that is known
     * @param license that its card states; absent if it states none
     * @param resident true if all of its networks are in memory: it can draw at once
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String name,
            boolean isDefault,
            @Nullable String revision,
            @Nullable License license,
            boolean resident) {}

    /**
     * The licence of a checkpoint, as its card states it.
     *
     * @param commercialUse whether it allows that, by its name: yes, no, conditions or unknown
     * @param link where it can be read, if the card says so
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record License(
            String name,
            @JsonProperty("commercial_use") String commercialUse,
            @Nullable String link) {}

    /**
     * A job that has ended. Times are those of ISO 8601.
     *
     * @param status as callers read it
     * @param error kind of the failure; absent if the job has completed
     * @param model absent if the job ended before one was chosen, and named none
     * @param ended when it ended
     * @param milliseconds from when it came until it ended
     * @param pictures number of pictures in the answer
     * @param size of the first one
     * @param steps denoising steps, of all pictures together
     * @param phases milliseconds by phase, in order; those of several pictures are added up
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LastJob(
            String id,
            String status,
            @JsonProperty("error_type") @Nullable String error,
            @Nullable String model,
            String ended,
            long milliseconds,
            int pictures,
            @Nullable String size,
            int steps,
            Map<String, Long> phases) {
        static LastJob of(EndedJob job) {
            return new LastJob(
                    job.id(),
                    job.status(),
                    job.reason() == null ? null : job.reason().name(),
                    job.model(),
                    job.ended().toString(),
                    Math.max(0, job.ended().toEpochMilli() - job.accepted().toEpochMilli()),
                    job.pictures(),
                    job.size() == null ? null : job.size().toString(),
                    job.steps(),
                    job.phases());
        }
    }
}
