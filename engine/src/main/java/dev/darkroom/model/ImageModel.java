package dev.darkroom.model;

import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import java.util.List;

/**
 * A checkpoint that turns jobs into pictures. Opening one reads its configs and tokenizers alone: {@link #fit}, {@link #check} and
 * {@link #defaults} answer on any thread, whether its networks are in memory or not. All else belongs on the GPU's thread.
 */
public interface ImageModel extends AutoCloseable {
    /** Degree to which this model suits a job, by what the job brings. */
    Fit fit(Job job);

    /**
     * Refuses what this checkpoint cannot do, before anything is computed.
     *
     * @throws dev.darkroom.job.JobException that lists every field at fault
     */
    void check(Job job);

    /**
     * Makes one picture of a job that {@link #check} let pass. All {@link #networks} must be in memory.
     *
     * @param sample the picture to make, one of {@link Job#samples()}
     */
    Rendering render(Job job, Sample sample, Sources sources, Progress progress);

    /**
     * Does a first, small run, so that no caller waits for the work that only a first run needs. All {@link #networks} must be in memory.
     */
    void warmUp();

    /** Networks that {@link #render} computes with. */
    List<Resident<?>> networks();

    /** Defaults of the checkpoint for what a job leaves open. */
    CheckpointDefaults defaults();

    /** Frees the model's networks, and everything cached from earlier jobs. */
    @Override
    void close();
}
