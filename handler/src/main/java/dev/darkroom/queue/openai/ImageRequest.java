package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.FieldWords;
import dev.darkroom.queue.FormRequest;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.http.DoorCall;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a caller asks of OpenAI's images API, as a job of this worker.
 *
 * @param job a request as of {@code /run}
 * @param words the caller's names for the fields of that request
 * @param stream whether the caller wants events
 * @param asked what the answer has to know
 */
record ImageRequest(ObjectNode job, FieldWords words, boolean stream, Asked asked) {
    private static final List<String> BESIDE_INPUT = List.of("webhook", "policy", "s3Config");

    /** Matches a list's place in the name of a form's field: {@code image[]}, {@code image[0]}. */
    private static final Pattern PLACE = Pattern.compile("\\[\\d{0,3}]$");

    /**
     * Reads a call.
     *
     * @throws JobException that lists every fault of the fields that are OpenAI's
     */
    static ImageRequest read(DoorCall call, boolean edit, PayloadReader reader) {
        ObjectNode request = call.form()
                .map(parts -> FormRequest.of(
                        parts.stream().map(ImageRequest::withoutPlace).toList(),
                        name -> ImageFields.typeOf(name, reader)))
                .orElseGet(() -> ofJson(call.body()));
        var faults = new Faults();
        var translation = new Translation((ObjectNode) request.get("input"), reader, faults);
        ObjectNode input = translation.input(edit);
        faults.refuse();
        request.set("input", input);
        int outputs = Math.max(
                1,
                input.path(input.has("num_images") ? "num_images" : "num_outputs")
                        .asInt(1));
        var asked = new Asked(
                translation.notes(),
                outputs,
                outputs * Math.max(1, input.path("prompts").size()));
        return new ImageRequest(request, new FieldWords(translation.words()), translation.streams(), asked);
    }

    private static FormRequest.Part withoutPlace(FormRequest.Part part) {
        return new FormRequest.Part(PLACE.matcher(part.name()).replaceFirst(""), part.content(), part.file());
    }

    private static ObjectNode ofJson(byte[] body) {
        JsonNode sent = JobJson.read(body);
        if (!(sent instanceof ObjectNode fields)) {
            throw JobException.badInput(
                    "the body must be a JSON object, as in {\"prompt\": \"a red circle\"}, or multipart/form-data");
        }
        ObjectNode request = JobJson.object();
        for (String name : BESIDE_INPUT) {
            JsonNode value = fields.remove(name);
            if (value != null) {
                request.set(name, value);
            }
        }
        request.set("input", fields);
        return request;
    }
}
