package dev.darkroom.queue.runpod;

import dev.darkroom.job.JobException;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Settings of taking jobs from RunPod and answering them; the platform's own variables are in {@link RunPodEnvironment}. */
public interface RunPodSettings {
    /** True if the next job is taken while the GPU does one, so that its images are there when its turn comes. */
    @WithDefault("true")
    boolean prefetch();

    /** True if each picture of a batch is posted to the job's stream when it is made; false if it comes with the job's progress. */
    @WithDefault("false")
    boolean stream();

    /** The least time between two progress posts of a job. */
    @WithDefault("500ms")
    Duration progressEvery();

    /** Time that a result is offered to a platform that does not take it; it is offered five times in any case. */
    @WithDefault("5m")
    Duration postFor();

    /** Number of jobs after which the worker asks to be replaced by a new one, and ends; unset: never. */
    Optional<Integer> refreshAfter();

    /** Failures after which the worker asks to be replaced by a new one, and ends. */
    @WithDefault("DEVICE_LOST")
    Set<JobException.Code> refreshOn();

    /** Bytes that the platform takes as the result of a job of {@code /run}. */
    @WithDefault("10000000")
    int largestResult();

    /** Bytes that the platform takes as the result of a job of {@code /runsync}. */
    @WithDefault("20000000")
    int largestSyncResult();

    /** Name of this worker towards the platform. */
    @WithDefault("Darkroom/0.1.0")
    String product();
}
