package dev.darkroom.diffusion;

import dev.darkroom.job.Faults;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Workload;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import java.util.List;
import java.util.Optional;

/** The rules that all pipelines of a family share: those of its text encoders and of how its models were trained. */
public interface Family {
    /** The ways in which a model can be made to follow its prompt more closely. */
    Guidance guidance();

    /** The conversion of pictures to tokens and back, by the autoencoder, which must be in memory. */
    PackedLatents latents();

    /** Names of the fields of {@code darkroom.json} that the family reads beside those of all families. */
    List<String> ownFields();

    /** Tokens of a prompt that the text encoder was trained to read. */
    int longestSequence();

    /** Notes what the text encoder cannot read of a prompt. */
    default void checkPrompt(String field, String prompt, Faults faults) {}

    /**
     * A note for the caller if a prompt is longer than what is read of it.
     *
     * @param what the prompt is, for the note: {@code prompt} or {@code negative prompt}
     * @param maxSequenceLength tokens that are read
     */
    Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength);

    /** Pixels of a reference that become one token of a text encoder that sees the pictures of a job; 0 for one that does not. */
    default int pixelsOfSeenToken() {
        return 0;
    }

    /**
     * Bytes that the family's networks take at their peaks beside their weights.
     *
     * @param work what they compute with at once
     * @param type in which they compute
     */
    Activations activations(Workload work, DType type);

    /** The schedule of a checkpoint whose files state {@code stated}. */
    default FlowMatchSchedule schedule(FlowMatchSchedule stated) {
        return stated;
    }

    /** The schedule that the family's Lightning distillations were trained with, where a checkpoint's own is {@code usual}. */
    default FlowMatchSchedule lightning(FlowMatchSchedule usual) {
        return usual;
    }

    /** Steps of the family's Turbo distillation, which its file does not name; empty if there is none for this checkpoint. */
    default Optional<Integer> turboSteps() {
        return Optional.empty();
    }

    /** The schedule that the family's Turbo distillation to so many steps was trained with, where a checkpoint's own is {@code usual}. */
    default FlowMatchSchedule turbo(FlowMatchSchedule usual, int steps) {
        return usual;
    }
}
