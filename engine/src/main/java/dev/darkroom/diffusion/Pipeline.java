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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline of diffusers: the rules of what it accepts, and the page, numbered as in the reference, on which it draws. The rules answer
 * on any thread; {@link #generate} and {@link #warmUp} belong on the GPU's, with all networks in memory.
 */
public interface Pipeline {
    /** The reference's defaults. */
    CheckpointDefaults defaults();

    /** The rules that the pipeline shares with all others of its family. */
    Family family();

    /** How well the pipeline suits a job, by what the job brings. */
    Fit fit(Job.Generation job);

    /** Notes what the pipeline cannot do of a job: images it does not take or too many of them, masks, strengths. */
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
     * The sizes of a run.
     *
     * @param framing null where the job asks for no size
     * @param images sizes of the job's images
     * @param defaults those of the checkpoint
     */
    PictureSizes sizes(@Nullable Framing framing, List<Size> images, CheckpointDefaults defaults);

    /** The strength of a job that starts from a picture and names none; null if the pipeline takes no strength. */
    default @Nullable Double usualStrength() {
        return null;
    }

    /** True if the pipeline shows its first picture changed, so that a drift between the two is an error. */
    default boolean edits() {
        return false;
    }

    /**
     * Draws one picture.
     *
     * @param noise the random numbers of the run
     * @param progress hears of every step, and may end the job
     * @param timings gets the laps {@code encode}, {@code denoise} and {@code decode}
     * @throws NotFiniteException if a network gives numbers that are none
     */
    Picture generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings);

    /** A small run of this very pipeline, through all networks that a job goes through. */
    default void warmUp(Run run, Noise noise) {
        generate(run, Sources.NONE, noise, Progress.NONE, new Timings());
    }
}
