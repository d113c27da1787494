package dev.darkroom.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what the worker says of jobs. */
final class AnswerReader {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Downloads downloads;

    AnswerReader(Downloads downloads) {
        this.downloads = downloads;
    }

    /**
     * Reads JSON.
     *
     * @throws DarkroomException if it is none
     */
    static JsonNode json(String body) {
        return json(body.getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode json(byte[] body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (IOException e) {
            throw DarkroomException.strange("the answer is no JSON: is a Darkroom worker at this address?", e);
        }
        throw DarkroomException.strange("the answer is no JSON object: is a Darkroom worker at this address?", null);
    }

    /**
     * Reads the status of a job.
     *
     * @throws DarkroomException if it is none
     */
    JobStatus status(JsonNode body) {
        String id = body.path("id").asText("");
        JobStatus.State state = state(body.path("status").asText(""));
        JsonNode output = body.path("output");
        if (id.isEmpty()) {
            throw DarkroomException.strange("the answer names no job", null);
        }
        return switch (state) {
            case IN_QUEUE, IN_PROGRESS ->
                new JobStatus(id, state, progress(output), Optional.empty(), Optional.empty());
            case COMPLETED ->
                new JobStatus(id, state, Optional.empty(), Optional.of(result(id, body)), Optional.empty());
            case CANCELLED ->
                output.path("images").isArray()
                        ? new JobStatus(id, state, Optional.empty(), Optional.of(result(id, body)), Optional.empty())
                        : failed(id, state, body);
            case FAILED, TIMED_OUT -> failed(id, state, body);
        };
    }

    private static JobStatus failed(String id, JobStatus.State state, JsonNode body) {
        return new JobStatus(id, state, Optional.empty(), Optional.empty(), Optional.of(failure(id, state, body)));
    }

    private static JobStatus.State state(String word) {
        try {
            return JobStatus.State.valueOf(word);
        } catch (IllegalArgumentException e) {
            throw DarkroomException.strange("the answer has a status that is not known: '" + word + "'", e);
        }
    }

    private static DarkroomException failure(String id, JobStatus.State state, JsonNode body) {
        // RunPod keeps what stands beside the error in the output
        String type = body.path("error_type")
                .asText(body.path("output").path("error_type").asText(""));
        JsonNode error = body.path("error");
        String message =
                error.isTextual() ? error.asText() : error.isMissingNode() ? "the job is " + state : error.toString();
        return DarkroomException.ofJob(
                id, message, type.isEmpty() && state != JobStatus.State.FAILED ? state.name() : type);
    }

    private static Optional<Event.Progress> progress(JsonNode output) {
        return output.path("type").asText("").equals("progress") ? Optional.of(progressOf(output)) : Optional.empty();
    }

    private static Event.Progress progressOf(JsonNode output) {
        return new Event.Progress(
                output.path("value").asInt(), output.path("max").asInt());
    }

    /** Reads an event by the name that it has in the stream; empty if it is not known, or says nothing by itself. */
    Optional<Event> event(String name, JsonNode data) {
        return switch (name) {
            case "status" ->
                switch (data.path("status").asText("")) {
                    case "IN_QUEUE" -> Optional.of(new Event.Queued());
                    case "IN_PROGRESS" -> Optional.of(new Event.Started());
                    default -> Optional.empty();
                };
            case "progress" -> Optional.of(progressOf(data));
            case "preview" ->
                Optional.of(new Event.Preview(
                        data.path("index").asInt(),
                        data.path("value").asInt(),
                        data.path("max").asInt(),
                        data.path("width").asInt(),
                        data.path("height").asInt(),
                        decoded(data.path("image").asText(""))));
            case "image" ->
                // a file that was too large for the stream comes with the answer
                data.has("url") || data.has("image")
                        ? Optional.of(new Event.PictureReady(data.path("index").asInt(), picture(data)))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Result result(String id, JsonNode body) {
        JsonNode output = body.path("output");
        if (!output.path("images").isArray()) {
            throw DarkroomException.strange("job " + id + " is completed, but its answer has no pictures", null);
        }
        List<Picture> pictures = new ArrayList<>();
        output.path("images").forEach(image -> pictures.add(picture(image)));
        List<Result.Failure> failures = new ArrayList<>();
        output.path("failures").forEach(failure -> failures.add(failed(failure)));
        Map<String, Duration> timings = new LinkedHashMap<>();
        output.path("timings")
                .properties()
                .forEach(phase -> timings.put(
                        phase.getKey(), Duration.ofMillis(phase.getValue().asLong())));
        List<String> notes = new ArrayList<>();
        output.path("notes").forEach(note -> notes.add(note.asText()));
        return new Result(
                id,
                List.copyOf(pictures),
                List.copyOf(failures),
                output.path("seed").asLong(),
                output.path("model").asText(""),
                Optional.ofNullable(output.path("revision").asText(null)),
                license(output.path("license")),
                Collections.unmodifiableMap(timings),
                List.copyOf(notes),
                Duration.ofMillis(body.path("delayTime").asLong()),
                Duration.ofMillis(body.path("executionTime").asLong()));
    }

    private static Result.Failure failed(JsonNode failure) {
        return new Result.Failure(
                failure.path("error").asText(""),
                failure.path("error_type").asText(""),
                failure.path("seed").asLong(),
                failure.path("prompt_index").asInt());
    }

    private Picture picture(JsonNode image) {
        return picture(image, image);
    }

    /** @param of what the picture is, or stands for: it has the seed */
    private Picture picture(JsonNode image, JsonNode of) {
        return new Picture(
                file(image),
                image.path("format").asText(""),
                image.path("width").asInt(),
                image.path("height").asInt(),
                image.path("bytes").asLong(),
                of.path("seed").asLong(),
                of.path("prompt_index").asInt(),
                provenance(image.path("provenance")),
                image.has("frames") ? Optional.of(clip(image)) : Optional.empty());
    }

    private Picture.Clip clip(JsonNode film) {
        JsonNode poster = film.path("poster");
        return new Picture.Clip(
                film.path("frames").asInt(),
                film.path("fps").asDouble(),
                poster.has("url") || poster.has("image") ? Optional.of(picture(poster, film)) : Optional.empty());
    }

    private static Optional<Picture.Provenance> provenance(JsonNode node) {
        return node.isObject()
                ? Optional.of(new Picture.Provenance(
                        node.path("credentials").asBoolean(),
                        node.path("mark").asBoolean(),
                        Optional.ofNullable(node.path("label").asText(null))))
                : Optional.empty();
    }

    private static Optional<Result.License> license(JsonNode node) {
        return node.isObject()
                ? Optional.of(new Result.License(
                        node.path("name").asText(""),
                        node.path("commercial_use").asText("")))
                : Optional.empty();
    }

    private PictureFile file(JsonNode image) {
        if (!image.has("url")) {
            return new PictureFile.Inline(decoded(image.path("image").asText("")));
        }
        String url = image.path("url").asText();
        try {
            return new PictureFile.Remote(URI.create(url), downloads);
        } catch (IllegalArgumentException e) {
            throw DarkroomException.strange("the answer has an address that is none: " + url, e);
        }
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw DarkroomException.strange("the answer has a picture that is no base64", e);
        }
    }

    static Health health(JsonNode body) {
        return new Health(counts(body.path("jobs")), counts(body.path("workers")));
    }

    private static Map<String, Integer> counts(JsonNode node) {
        Map<String, Integer> counts = new HashMap<>();
        node.properties()
                .forEach(count -> counts.put(count.getKey(), count.getValue().asInt()));
        return Map.copyOf(counts);
    }
}
