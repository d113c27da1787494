package dev.darkroom.animation;

import dev.darkroom.animation.frame.ColorSpace;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which colours frames keep: Deforum's {@code color_coherence}.
 *
 * @param space in which they are matched; null if they may drift
 * @param of what has these colours
 */
record ColorCoherence(@Nullable ColorSpace space, Of of) {
    /** Frames whose colours may drift. */
    static final ColorCoherence NONE = new ColorCoherence(null, Of.FIRST);

    /** What has the colours that frames keep. */
    enum Of {
        /** The first frame. */
        FIRST,
        /** The job's image. */
        IMAGE,
        /** The frame of the job's video. */
        VIDEO
    }

    private static final String OLD = "match frame 0 ";

    /**
     * Reads a name, old or new; {@code Image} and {@code Video Input} match in LAB.
     *
     * @throws JobException that names the setting and the names
     */
    static ColorCoherence called(String key, String name) {
        String word = name.strip().toLowerCase(Locale.ROOT).replace(OLD, "");
        return switch (word) {
            case "none" -> NONE;
            case "rgb" -> new ColorCoherence(ColorSpace.RGB, Of.FIRST);
            case "hsv" -> new ColorCoherence(ColorSpace.HSV, Of.FIRST);
            case "lab" -> new ColorCoherence(ColorSpace.LAB, Of.FIRST);
            case "image" -> new ColorCoherence(ColorSpace.LAB, Of.IMAGE);
            case "video input" -> new ColorCoherence(ColorSpace.LAB, Of.VIDEO);
            default ->
                throw JobException.badInput(
                        key + ": must be None, RGB, HSV, LAB, Image or Video Input, not " + Faults.quoted(name));
        };
    }
}
