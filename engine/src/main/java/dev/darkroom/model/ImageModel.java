package dev.darkroom.model;

import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
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
     * Divides pictures of a job, in order, into batches that {@link #render} makes faster together than one after another; a picture that
     * gains nothing is a batch of its own. All {@link #networks} must be in memory.
     *
     * @param samples some of {@link Job#samples()}
     */
    List<List<Sample>> batches(Job job, List<Sample> samples, Sources sources);

    /**
     * Makes pictures of a job that {@link #check} let pass, all of them or none. Each is the one that would be made alone, but for rounding.
     * All {@link #networks} must be in memory.
     *
     * @param batch the pictures to make, one of {@link #batches}
     * @return one for each of the batch, in order; their timings are equal parts of the whole
     */
    List<Rendering> render(Job job, List<Sample> batch, Sources sources, Progress progress);

    /** Makes one picture of a job, as a batch of its own. */
    default Rendering render(Job job, Sample sample, Sources sources, Progress progress) {
        return render(job, List.of(sample), sources, progress).getFirst();
    }

    /**
     * Does a first run, a small one on the CPU and one of the usual size on a card, so that no caller waits for the work that only a first run
     * needs. All {@link #networks} must be in memory.
     */
    void warmUp();

    /**
     * What a job's pictures take beside the weights, at most.
     *
     * @param samples some of {@link Job#samples()}
     */
    Demand demand(Job job, List<Sample> samples, Sources sources);

    /** What a picture of a size takes; for an edit, with one picture to edit. */
    Demand demand(Size size);

    /** What a picture of the checkpoint's own size takes, as most jobs will ask for. */
    default Demand usualDemand() {
        return demand(defaults().size());
    }

    /** Frees what is cached from earlier jobs beside the weights. */
    void forget();

    /** Networks that {@link #render} computes with. */
    List<Resident<?>> networks();

    /** Defaults of the checkpoint for what a job leaves open. */
    CheckpointDefaults defaults();

    /** Frees the model's networks, and everything cached from earlier jobs. */
    @Override
    void close();
}
