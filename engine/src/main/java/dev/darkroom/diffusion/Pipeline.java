package dev.darkroom.diffusion;

import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline of diffusers: the rules for the jobs that it accepts, and the method that draws, with its stages numbered as in the
 * reference. The rules answer on any thread; {@link #generate} and {@link #warmUp} belong on the GPU's, with all networks in memory.
 */
public interface Pipeline {
    /** Defaults of the reference. */
    CheckpointDefaults defaults();

    /** The rules that the pipeline shares with all others of its family. */
    Family family();

    /** Degree to which the pipeline suits a job, by what the job brings. */
    Fit fit(Job.Generation job);

    /** Notes faults of a job that the pipeline cannot do: images that it does not take or too many of them, masks, strengths. */
    void check(Job.Generation job, Faults faults);

    /** Notes what the pipeline cannot read of a prompt. */
    default void checkPrompt(String field, String prompt, Faults faults) {
        family().checkPrompt(field, prompt, faults);
    }

    /** A note for the caller if a prompt is longer than what the pipeline reads of it; see {@link Family#noteIfCut}. */
    default Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return family().noteIfCut(what, prompt, maxSequenceLength);
    }

    /**
     * Chooses the sizes of a run.
     *
     * @param framing null where the job asks for no size
     * @param images sizes of the job's images
     * @param defaults those of the checkpoint
     */
    PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults);

    /** Strength for a job that starts from a picture and names none; null if the pipeline takes no strength. */
    default @Nullable Double usualStrength() {
        return null;
    }

    /**
     * Type in which the reference draws a run's random numbers, for the numbers of a seed differ between types.
     *
     * @param computing type that the transformer computes in
     */
    default DType noiseType(DType computing, Sources sources) {
        return computing;
    }

    /** A job's sources as a run of this framing is to see them. */
    default Sources framed(Sources sources, @Nullable Framing framing) {
        return sources;
    }

    /** True if the result is the first picture with changes, so that a drift between the two is an error. */
    default boolean edits() {
        return false;
    }

    /**
     * Counts the tokens that the transformer sees of one picture: the generated ones, and those of reference pictures.
     *
     * @param generated size of the generated picture
     * @param images sizes of the job's images
     */
    default int imageTokens(Size generated, List<Size> images) {
        return TokenGrid.of(generated).tokens();
    }

    /**
     * Draws pictures that differ in their noise alone, in one pass a step.
     *
     * @param noise the random numbers of the run, for as many pictures as are to be drawn
     * @param progress is called after every step, and may end the job
     * @param timings gets the laps {@code encode}, {@code denoise} and {@code decode}
     * @throws NotFiniteException if a network's result holds numbers that are not finite
     */
    List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings);

    /** Does a run of this very pipeline, of the size that the model is warmed up with, through all networks that a job goes through. */
    default void warmUp(Run run, Noise noise) {
        generate(run, Sources.NONE, noise, Progress.NONE, new Timings());
    }
}
