package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Size;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Builds OpenAI's answer of what a job came to; beside their fields stand the model and its licence, each picture's seed and provenance, and notes. */
final class ImageAnswer {
    private ImageAnswer() {}

    /**
     * Builds the answer.
     *
     * @param created seconds since 1970
     */
    static ObjectNode of(JobOutcome.Done done, Asked asked, long created) {
        ObjectNode answer = JobJson.object().put("created", created);
        ArrayNode data = answer.putArray("data");
        for (JobOutcome.Picture picture : done.pictures()) {
            ObjectNode node = place(data.addObject(), picture).put("seed", picture.seed());
            JobJson.setIfPresent(node, "provenance", picture.provenance());
            if (asked.pictures() > asked.outputs()) {
                node.put("prompt_index", picture.promptIndex());
            }
        }
        List<Size> sizes =
                done.pictures().stream().map(JobOutcome.Picture::size).toList();
        done.pictures().stream()
                .findFirst()
                .ifPresent(first -> answer.put("background", "opaque")
                        .put("output_format", first.format().fieldValue())
                        .put("size", first.size().toString()));
        answer.set("usage", Usage.of(sizes));
        answer.put("model", done.model());
        JobJson.setIfPresent(answer, "license", done.license());
        addNotes(answer, Stream.of(asked.notes(), done.notes(), failures(done)).flatMap(Collection::stream));
        return answer;
    }

    /** Puts where a picture is: its file, or its address. */
    static ObjectNode place(ObjectNode node, JobOutcome.Picture picture) {
        if (picture.file() != null) {
            return node.put("b64_json", picture.file());
        }
        return node.put("url", String.valueOf(picture.url()));
    }

    /** Adds what the caller should know; nothing if there is nothing. */
    static void addNotes(ObjectNode node, Stream<String> notes) {
        List<String> all = notes.distinct().toList();
        if (!all.isEmpty()) {
            ArrayNode list = node.putArray("notes");
            all.forEach(list::add);
        }
    }

    private static List<String> failures(JobOutcome.Done done) {
        return done.failures().stream()
                .map(reason -> "a picture is missing: " + reason)
                .toList();
    }
}
