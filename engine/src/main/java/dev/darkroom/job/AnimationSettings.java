package dev.darkroom.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an animation shall be, as the caller wrote it.
 *
 * @param deforum settings of Deforum by their own names, in the spelling of the webui extension or of the classic notebook; values as text:
 *     {@code "0:(1.02)"}, {@code "2D"}, {@code "true"}
 * @param prompts texts by the frames from which they hold, whole numbers or expressions of {@code max_f}; empty for the job's one prompt
 * @param negativePrompts what not to show, by frames of their own; may be empty
 * @param preset name of a preset, which the settings go before; null for none
 * @param format of the file
 * @param fps frames a second
 * @param quality of the file, 1 to 100
 * @param poster frame that is to be told as a picture beside the film; null for none
 * @param keepOnCancel true if a job that is cancelled is to end with the film of its frames so far
 */
public record AnimationSettings(
        Map<String, String> deforum,
        Map<String, String> prompts,
        Map<String, String> negativePrompts,
        @Nullable String preset,
        VideoFormat format,
        double fps,
        int quality,
        @Nullable PosterFrame poster,
        boolean keepOnCancel) {
    /** Frames a second where a job states none, as Deforum's. */
    public static final double USUAL_FPS = 15;

    public static final double MOST_FPS = 120;

    /** Most frames of an animation. */
    public static final int MOST_FRAMES = 1000;

    /** Most settings, and most prompts. */
    public static final int MOST_ENTRIES = 1000;

    /** Most characters of all settings together. */
    public static final int MOST_TEXT = 1_000_000;

    /** A film alone, of which nothing is kept when it is cancelled. */
    public AnimationSettings(
            Map<String, String> deforum,
            Map<String, String> prompts,
            Map<String, String> negativePrompts,
            @Nullable String preset,
            VideoFormat format,
            double fps,
            int quality) {
        this(deforum, prompts, negativePrompts, preset, format, fps, quality, null, false);
    }

    /**
     * Checks what costs little to check.
     *
     * @throws JobException that lists every value out of its range
     */
    public AnimationSettings {
        deforum = Collections.unmodifiableMap(new LinkedHashMap<>(deforum));
        prompts = Collections.unmodifiableMap(new LinkedHashMap<>(prompts));
        negativePrompts = Collections.unmodifiableMap(new LinkedHashMap<>(negativePrompts));
        new Faults()
                .range("settings", deforum.size(), 0, MOST_ENTRIES)
                .range("prompts", prompts.size(), 0, MOST_ENTRIES)
                .range("negative_prompts", negativePrompts.size(), 0, MOST_ENTRIES)
                .range("characters of all settings", length(deforum), 0, MOST_TEXT)
                .range("characters of all prompts", length(prompts) + length(negativePrompts), 0, MOST_TEXT)
                .range("fps", fps, 1, MOST_FPS)
                .range("output_quality", quality, 1, 100)
                .refuse();
    }

    private static long length(Map<String, String> texts) {
        return texts.values().stream().mapToLong(String::length).sum();
    }

    /** Seed that the settings state; empty if they leave it to the job. */
    public OptionalLong seed() {
        String text = deforum.getOrDefault("seed", "").strip();
        return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
