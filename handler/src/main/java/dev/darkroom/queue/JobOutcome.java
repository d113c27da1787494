package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What a job came to, for doors that answer in another protocol's words. Read from the answer that the job keeps, which a restart does not change. */
public sealed interface JobOutcome {
    /**
     * The job has a result.
     *
     * @param failures messages of the pictures that are missing, each for itself
     * @param license of the model, as {@link Answer} tells it; missing where its card states none
     * @param timings milliseconds by phase
     */
    record Done(
            List<Picture> pictures,
            List<String> failures,
            long seed,
            String model,
            JsonNode license,
            Map<String, Long> timings,
            List<String> notes)
            implements JobOutcome {}

    /** The job has ended without a result; the message is meant for the caller. */
    record Ended(JobException.Code code, String message) implements JobOutcome {}

    /** The worker stopped before the job began; one that is persisted is done after the next start. */
    record Waiting() implements JobOutcome {}

    /**
     * One picture of a result: in the answer or at an address.
     *
     * @param file null if the picture is at an address
     * @param url null if the picture is in the answer
     * @param provenance what its file says of how it came about, as {@link Answer} tells it; missing in answers of older workers
     */
    record Picture(
            byte @Nullable [] file,
            @Nullable URI url,
            ImageFormat format,
            Size size,
            long seed,
            int promptIndex,
            JsonNode provenance) {}

    /** Reads the body of {@code /status} of a job that has ended, or that waits in a worker that stops. */
    static JobOutcome read(byte[] body) {
        JsonNode answer;
        try {
            answer = JobJson.MAPPER.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("an answer of this worker is no JSON", e);
        }
        if (answer.has("error_type")) {
            return new Ended(
                    JobException.Code.valueOf(answer.path("error_type").asText()),
                    answer.path("error").asText());
        }
        return switch (answer.path("status").asText()) {
            case "COMPLETED" -> done(answer.path("output"));
            case "CANCELLED" ->
                answer.has("error")
                        ? new Ended(
                                JobException.Code.TIMED_OUT,
                                answer.path("error").asText())
                        : new Ended(JobException.Code.CANCELLED, "the job was cancelled");
            default -> new Waiting();
        };
    }

    private static Done done(JsonNode output) {
        Map<String, Long> timings = new LinkedHashMap<>();
        output.path("timings")
                .properties()
                .forEach(each -> timings.put(each.getKey(), each.getValue().asLong()));
        return new Done(
                each(output.path("images")).map(JobOutcome::picture).toList(),
                each(output.path("failures"))
                        .map(failure -> failure.path("error").asText())
                        .toList(),
                output.path("seed").asLong(),
                output.path("model").asText(),
                output.path("license"),
                timings,
                each(output.path("notes")).map(JsonNode::asText).toList());
    }

    private static Picture picture(JsonNode image) {
        try {
            return new Picture(
                    image.has("image") ? image.get("image").binaryValue() : null,
                    image.has("url") ? URI.create(image.get("url").asText()) : null,
                    ImageFormat.parse(image.path("format").asText()).orElseThrow(),
                    new Size(image.path("width").asInt(), image.path("height").asInt()),
                    image.path("seed").asLong(),
                    image.path("prompt_index").asInt(),
                    image.path("provenance"));
        } catch (IOException e) {
            throw new UncheckedIOException("an answer of this worker has a picture that is no base64", e);
        }
    }

    private static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
