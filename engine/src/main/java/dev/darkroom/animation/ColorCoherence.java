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
 * @param isOfImage true if they are those of the job's image, rather than the first frame's
 */
record ColorCoherence(@Nullable ColorSpace space, boolean isOfImage) {
    private static final String OLD = "match frame 0 ";

    /**
     * Reads a name, old or new; {@code Image} matches in LAB.
     *
     * @throws JobException that names the setting and the names
     */
    static ColorCoherence called(String key, String name) {
        String word = name.strip().toLowerCase(Locale.ROOT).replace(OLD, "");
        return switch (word) {
            case "none" -> new ColorCoherence(null, false);
            case "rgb" -> new ColorCoherence(ColorSpace.RGB, false);
            case "hsv" -> new ColorCoherence(ColorSpace.HSV, false);
            case "lab" -> new ColorCoherence(ColorSpace.LAB, false);
            case "image" -> new ColorCoherence(ColorSpace.LAB, true);
            case "video input" ->
                throw JobException.badInput(key + ": Video Input is not supported yet: frames keep the colours of the"
                        + " first one, by None, RGB, HSV or LAB, or those of the job's image, by Image");
            default ->
                throw JobException.badInput(key + ": must be None, RGB, HSV, LAB or Image, not " + Faults.quoted(name));
        };
    }
}
