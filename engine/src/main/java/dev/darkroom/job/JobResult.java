package dev.darkroom.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job gave: at least one picture.
 *
 * @param images in the order of {@link Job#samples()}
 * @param failures the pictures that could not be made or stored, in the same order
 * @param seed of the first picture of each prompt
 * @param timings part → milliseconds
 * @param revision of the model's checkpoint, where it is known
 * @param notes what the caller should know, such as that a prompt was cut
 */
public record JobResult(
        List<Image> images,
        List<Failure> failures,
        long seed,
        Map<String, Long> timings,
        String model,
        @Nullable String revision,
        List<String> notes) {
    /**
     * One picture that is stored.
     *
     * @param bytes size of its file
     */
    public record Image(Sample sample, Stored stored, ImageFormat format, Size size, int bytes) {}

    /** One picture that is not there, and why. */
    public record Failure(Sample sample, JobException reason) {}
}
