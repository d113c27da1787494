package dev.darkroom.job;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What a job gave.
 *
 * @param timings part → milliseconds
 * @param notes what the caller should know, such as that a prompt was cut
 */
public record JobResult(List<Image> images, long seed, Map<String, Long> timings, String model, List<String> notes) {
    /** One stored picture. */
    public record Image(URI url, ImageFormat format, Size size, long seed) {}
}
