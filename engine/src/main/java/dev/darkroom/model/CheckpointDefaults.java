package dev.darkroom.model;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Defaults of a checkpoint for what a job leaves open, from {@code darkroom.json} beside {@code model_index.json}.
 *
 * @param nativeArea area in pixels at which larger pictures are generated, to be enlarged afterwards; empty if there is no such bound
 */
public record CheckpointDefaults(
        Size size,
        int steps,
        double guidanceScale,
        double trueCfgScale,
        int maxSequenceLength,
        Optional<Integer> nativeArea) {
    private static final Logger LOG = Logger.getLogger(CheckpointDefaults.class);
    private static final double LARGEST_SCALE = 100;

    /** Names of the fields that the file may have for every family, whichever class reads them. */
    private static final List<String> KNOWN = List.of(
            "steps",
            "guidance_scale",
            "true_cfg_scale",
            "size",
            "max_sequence_length",
            "native_area",
            "revision",
            "schedule",
            "loras");

    /** Defaults of this model when distilled: {@code fewSteps} steps of one pass each. */
    public CheckpointDefaults distilledTo(int fewSteps) {
        return new CheckpointDefaults(size, fewSteps, guidanceScale, 1, maxSequenceLength, nativeArea);
    }

    /** Defaults of this model with another scale of true CFG. */
    public CheckpointDefaults guidedBy(double otherCfgScale) {
        return new CheckpointDefaults(size, steps, guidanceScale, otherCfgScale, maxSequenceLength, nativeArea);
    }

    /**
     * Replaces these defaults by those that the checkpoint's file states; the file may be missing.
     *
     * @param longestSequence tokens that the text encoder was trained to read
     * @param ownFields names of the fields that the model's family reads beside those of all families
     */
    public CheckpointDefaults overriddenBy(Path checkpoint, int longestSequence, List<String> ownFields) {
        ConfigFile file = ConfigFile.readIfPresent(checkpoint.resolve("darkroom.json"));
        List<String> known = Stream.concat(KNOWN.stream(), ownFields.stream()).toList();
        List<String> unknown =
                file.names().stream().filter(name -> !known.contains(name)).toList();
        if (!unknown.isEmpty()) {
            LOG.warnf("%s: %s mean nothing here; there are %s", file, unknown, known);
        }
        return new CheckpointDefaults(
                size(file),
                bounded(file, "steps", steps, Limits.STANDARD.steps()),
                scale(file, "guidance_scale", guidanceScale),
                scale(file, "true_cfg_scale", trueCfgScale),
                bounded(file, "max_sequence_length", maxSequenceLength, longestSequence),
                file.optionalCount("native_area").or(() -> nativeArea));
    }

    private static double scale(ConfigFile file, String field, double otherwise) {
        double value = file.number(field, otherwise);
        if (value < 0 || value > LARGEST_SCALE) {
            throw file.error(field, "must be from 0 to " + (int) LARGEST_SCALE + ", not " + value);
        }
        return value;
    }

    private static int bounded(ConfigFile file, String field, int otherwise, int most) {
        int value = file.count(field, otherwise);
        if (value > most) {
            throw file.error(field, "must be at most " + most + ", not " + value);
        }
        return value;
    }

    private Size size(ConfigFile file) {
        try {
            Size parsed = Size.parse(file.text("size", size.toString()));
            if (!Limits.STANDARD.allow(parsed)) {
                throw file.error(
                        "size",
                        "must have sides from " + Limits.SHORTEST_SIDE + " to " + Limits.STANDARD.longestSide()
                                + " and at most " + Limits.STANDARD.pixels() + " pixels, not " + parsed);
            }
            return parsed;
        } catch (IllegalArgumentException e) {
            throw file.error("size", "must be such as 1024x768: " + e.getMessage());
        }
    }
}
