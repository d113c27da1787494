package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.JobJson;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What a worker sent.
 *
 * @param nanos when, on {@link System#nanoTime}'s clock
 * @param target path and query as they came
 * @param headers by their names in small letters
 * @param isProgress true for a post that tells how far a job is
 */
public record PlatformRequest(
        long nanos,
        Endpoint endpoint,
        String method,
        String target,
        Map<String, String> headers,
        String body,
        boolean isProgress) {
    /** A header, empty if it is not there. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** The body. */
    public JsonNode json() {
        return json(body);
    }

    static JsonNode json(String body) {
        try {
            return JobJson.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the worker sent what is no JSON", e);
        }
    }

    /** The last part of the path: the job that a post is about. */
    public String jobId() {
        String path = target.replaceFirst("\\?.*", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** True for the post that ends a job. */
    public boolean isResult() {
        return endpoint == Endpoint.DONE && !isProgress;
    }

    /** The time from another request to this one. */
    public Duration since(PlatformRequest earlier) {
        return Duration.ofNanos(nanos - earlier.nanos);
    }
}
