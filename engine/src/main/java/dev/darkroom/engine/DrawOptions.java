package dev.darkroom.engine;

import dev.darkroom.job.Delivery;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.snapshot.Randomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The choices of one drawing; null leaves a choice to the checkpoint.
 *
 * @param seed of the noise: the same seed gives the same picture
 * @param negativePrompt prompt to steer away from
 * @param framing the picture's size or ratio
 * @param steps number of denoising steps
 * @param guidanceScale for checkpoints that embed it
 * @param trueCfgScale for two passes a step, with a negative prompt
 * @param strength part of a start picture that is given up, above 0 and up to 1
 * @param shortcuts faster, less exact ways that are allowed
 * @param loras LoRAs on top of the checkpoint
 * @param progress is called after every step, on the drawing thread; an exception that it throws ends the drawing
 */
public record DrawOptions(
        long seed,
        @Nullable String negativePrompt,
        @Nullable Framing framing,
        @Nullable Integer steps,
        @Nullable Double guidanceScale,
        @Nullable Double trueCfgScale,
        @Nullable Double strength,
        Shortcuts shortcuts,
        List<LoraFile> loras,
        Progress progress) {
    static final Envelope ENVELOPE =
            new Envelope(null, new Delivery(ImageFormat.PNG, 90, Return.AUTO, false, 0, null), List.of());

    private static final long RANDOM_SEEDS = 1L << 32;

    public DrawOptions {
        loras = List.copyOf(loras);
    }

    /** Makes options with the checkpoint's own choices and a random seed. */
    public static DrawOptions standard() {
        return seed(Randomness.plain().nextLong(RANDOM_SEEDS));
    }

    /** Makes options with the checkpoint's own choices and this seed. */
    public static DrawOptions seed(long seed) {
        return new DrawOptions(seed, null, null, null, null, null, null, Shortcuts.NONE, List.of(), Progress.NONE);
    }

    /** Returns these options for a picture of this size, in pixels. */
    public DrawOptions withSize(int width, int height) {
        return with(new Framing.Exact(new Size(width, height)));
    }

    /**
     * Returns these options for a picture of this size or ratio; {@link Framing.LikeImage} fills exactly the frame of the edited picture.
     */
    public DrawOptions with(Framing other) {
        return new DrawOptions(
                seed, negativePrompt, other, steps, guidanceScale, trueCfgScale, strength, shortcuts, loras, progress);
    }

    /** Returns these options with a number of denoising steps. */
    public DrawOptions withSteps(int count) {
        return new DrawOptions(
                seed,
                negativePrompt,
                framing,
                count,
                guidanceScale,
                trueCfgScale,
                strength,
                shortcuts,
                loras,
                progress);
    }

    /** Returns these options with a guidance scale, for checkpoints that embed it. */
    public DrawOptions withGuidanceScale(double scale) {
        return new DrawOptions(
                seed, negativePrompt, framing, steps, scale, trueCfgScale, strength, shortcuts, loras, progress);
    }

    /**
     * Returns these options with true CFG: a second pass in each step, away from a negative prompt.
     *
     * @param scale of true CFG; above 1 to have an effect
     */
    public DrawOptions withNegativePrompt(String prompt, double scale) {
        return new DrawOptions(
                seed, prompt, framing, steps, guidanceScale, scale, strength, shortcuts, loras, progress);
    }

    /** Returns these options with a strength: the part of a start picture that is given up, above 0 and up to 1. */
    public DrawOptions withStrength(double part) {
        return new DrawOptions(
                seed, negativePrompt, framing, steps, guidanceScale, trueCfgScale, part, shortcuts, loras, progress);
    }

    /**
     * Returns these options with a step cache: a step whose first block does nearly the same as before reuses what the others did.
     *
     * @param threshold relative change that counts as nearly the same, up to 1; 0 for the exact way
     * @throws dev.darkroom.job.JobException if it is out of range
     */
    public DrawOptions withStepCache(double threshold) {
        Shortcuts cached = new Shortcuts(shortcuts.goFast(), threshold);
        return new DrawOptions(
                seed, negativePrompt, framing, steps, guidanceScale, trueCfgScale, strength, cached, loras, progress);
    }

    /**
     * Returns these options with one more LoRA on top of the checkpoint.
     *
     * @param scale factor of the LoRA: 1 as it was trained
     * @throws UncheckedIOException if the file is not there
     */
    public DrawOptions withLora(Path file, double scale) {
        try {
            String identity = file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
            List<LoraFile> more = new ArrayList<>(loras);
            more.add(new LoraFile(file, identity, String.valueOf(file.getFileName()), scale));
            return new DrawOptions(
                    seed,
                    negativePrompt,
                    framing,
                    steps,
                    guidanceScale,
                    trueCfgScale,
                    strength,
                    shortcuts,
                    more,
                    progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns these options with a listener, which is called after every step and may end the drawing by an exception. */
    public DrawOptions withProgress(Progress listener) {
        return new DrawOptions(
                seed,
                negativePrompt,
                framing,
                steps,
                guidanceScale,
                trueCfgScale,
                strength,
                shortcuts,
                loras,
                listener);
    }

    Sampling sampling(String prompt) {
        List<Lora> named =
                loras.stream().map(lora -> new Lora(lora.name(), lora.scale())).toList();
        return new Sampling(
                List.of(prompt),
                negativePrompt,
                framing,
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                1,
                shortcuts,
                named);
    }

    List<LoraFile> loraFiles() {
        return loras;
    }
}
