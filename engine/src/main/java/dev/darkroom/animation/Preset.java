package dev.darkroom.animation;

import static java.util.Map.entry;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Settings that go well together, for jobs that state only what matters to them: what a job states goes before. */
public enum Preset {
    /** A slow zoom; frames keep most of the one before, and every second one lies between two that are drawn. */
    SMOOTH(Map.ofEntries(
            entry("animation_mode", "2D"),
            entry("zoom", "0: (1.01)"),
            entry("strength_schedule", "0: (0.7)"),
            entry("noise_schedule", "0: (0.02)"),
            entry("amount_schedule", "0: (0.05)"),
            entry("diffusion_cadence", "2"))),
    /** A faster zoom that turns to and fro; frames go further away from the one before. */
    CREATIVE(Map.ofEntries(
            entry("animation_mode", "2D"),
            entry("zoom", "0: (1.02)"),
            entry("angle", "0: (0.5*sin(6.283*t/60))"),
            entry("strength_schedule", "0: (0.5)"),
            entry("noise_schedule", "0: (0.04)"),
            entry("amount_schedule", "0: (0.1)"),
            entry("diffusion_cadence", "1"))),
    /** A camera that goes forward and looks around, in space. */
    CINEMATIC(Map.ofEntries(
            entry("animation_mode", "3D"),
            entry("translation_z", "0: (1.5)"),
            entry("translation_x", "0: (0.3*sin(6.283*t/90))"),
            entry("rotation_3d_y", "0: (0.15*sin(6.283*t/120))"),
            entry("fov_schedule", "0: (60)"),
            entry("strength_schedule", "0: (0.65)"),
            entry("noise_schedule", "0: (0.025)"),
            entry("amount_schedule", "0: (0.08)"),
            entry("diffusion_cadence", "2"))),
    /** Three of four frames lie between two that are drawn: to see where a motion leads. */
    FAST_PREVIEW(Map.ofEntries(
            entry("animation_mode", "2D"),
            entry("zoom", "0: (1.01)"),
            entry("strength_schedule", "0: (0.6)"),
            entry("noise_schedule", "0: (0.02)"),
            entry("amount_schedule", "0: (0.05)"),
            entry("diffusion_cadence", "4")));

    /**
     * What holds without a preset, where Deforum's own defaults are those of Stable Diffusion, which takes more noise: flow matching models
     * draw it into the picture, frame after frame, until it burns. Colours are kept in RGB: over 120 frames of the embedded model brightness,
     * contrast and saturation stay within 8 % of the first frame's so, within 13 % in LAB, and in HSV reds turn into blues.
     */
    static final Map<String, String> STEADY = Map.of(
            "strength_schedule", "0: (0.65)",
            "noise_schedule", "0: (0.03)",
            "amount_schedule", "0: (0.08)",
            "color_coherence", "RGB",
            "diffusion_cadence", "1");

    private final Map<String, String> settings;

    Preset(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * The preset of a name, in any case.
     *
     * @throws JobException that lists the presets
     */
    public static Preset called(String name) {
        return Arrays.stream(values())
                .filter(preset -> preset.fieldValue().equals(name.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        JobException.badInput("preset: must be one of " + names() + ", not " + Faults.quoted(name)));
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Preset::fieldValue).collect(Collectors.joining(", "));
    }

    /** Its name in jobs. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it sets, by the names of {@link dev.darkroom.animation.deforum.DeforumNames}. */
    public Map<String, String> settings() {
        return settings;
    }
}
