package dev.darkroom.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a job: at least one picture.
 *
 * @param images in the order of {@link Job#samples()}
 * @param failures the pictures that could not be made or stored, in the same order
 * @param seed of the first picture of each prompt
 * @param timings part of the job → milliseconds
 * @param revision of the model's checkpoint, where it is known
 * @param notes remarks for the caller, such as that a prompt was cut
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
     * A picture that is stored.
     *
     * @param bytes size of the picture's file
     */
    public record Image(Sample sample, Stored stored, ImageFormat format, Size size, int bytes) {}

    /** A picture that could not be made or stored, and the reason. */
    public record Failure(Sample sample, JobException reason) {}
}
