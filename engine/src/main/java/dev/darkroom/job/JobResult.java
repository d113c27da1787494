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
     * @param sample with the seed that the picture was made with: another than the job's where an earlier try made it
     * @param format of the file: another than asked for if that was too large for the answer
     * @param bytes size of the file
     * @param notes what the caller should know of this picture
     */
    public record Image(Sample sample, Stored stored, ImageFormat format, Size size, int bytes, List<String> notes) {
        /** Returns this picture with another place where its file is. */
        public Image at(Stored place) {
            return new Image(sample, place, format, size, bytes, notes);
        }
    }

    /** A picture that could not be made or stored, and the reason. */
    public record Failure(Sample sample, JobException reason) {}
}
