package dev.darkroom.animation;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.Arrays;

/** What frames have to do with each other: Deforum's {@code animation_mode}. */
public enum AnimationMode {
    /** Each frame is drawn from the one before, which moves in its plane. */
    PLANE("2D"),
    /** Each frame is drawn from the one before, as a moving camera sees it. */
    SPACE("3D"),
    /** Each frame is drawn from noise; each prompt turns into the next. */
    INTERPOLATION("Interpolation"),
    /** Each frame is drawn from the same one of the job's video. */
    VIDEO("Video Input"),
    /** Each frame is drawn from noise. */
    NONE("None");

    private final String word;

    AnimationMode(String word) {
        this.word = word;
    }

    /**
     * The mode that Deforum's settings call so, in any case.
     *
     * @throws JobException that names the setting and the modes
     */
    static AnimationMode called(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.word.equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() ->
                        JobException.badInput("animation_mode: must be 2D, 3D, Interpolation, Video Input or None, not "
                                + Faults.quoted(name)));
    }

    /** Its name in Deforum's settings. */
    public String word() {
        return word;
    }

    /** True if each frame is drawn from the one before. */
    boolean isChained() {
        return this == PLANE || this == SPACE;
    }
}
