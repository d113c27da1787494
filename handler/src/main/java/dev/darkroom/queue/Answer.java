package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;

/** What a caller reads of a job: the status bodies of RunPod's endpoint API. */
final class Answer {
    private Answer() {}

    static ObjectNode status(String id, String status) {
        return Payload.JSON.createObjectNode().put("id", id).put("status", status);
    }

    static ObjectNode progress(String id, int step, int steps) {
        ObjectNode answer = status(id, "IN_PROGRESS");
        answer.putObject("output")
                .put("type", "progress")
                .put("value", step)
                .put("max", steps)
                .put("percent", Math.round(1000.0 * step / steps) / 10.0);
        return answer;
    }

    static ObjectNode completed(String id, JobResult result) {
        ObjectNode answer = status(id, "COMPLETED");
        ObjectNode output = answer.putObject("output");
        ArrayNode images = output.putArray("images");
        for (JobResult.Image image : result.images()) {
            images.addObject()
                    .put("url", image.url().toString())
                    .put("format", image.format().fieldValue())
                    .put("width", image.size().width())
                    .put("height", image.size().height())
                    .put("seed", image.seed());
        }
        output.put("seed", result.seed()).put("model", result.model());
        ObjectNode timings = output.putObject("timings");
        result.timings().forEach(timings::put);
        if (!result.notes().isEmpty()) {
            ArrayNode notes = output.putArray("notes");
            result.notes().forEach(notes::add);
        }
        return answer;
    }

    static ObjectNode failed(String id, JobException reason) {
        boolean cancelled = reason.code() == JobException.Code.CANCELLED;
        return status(id, cancelled ? "CANCELLED" : "FAILED")
                .put("error", reason.getMessage())
                .put("error_type", reason.code().name());
    }
}
