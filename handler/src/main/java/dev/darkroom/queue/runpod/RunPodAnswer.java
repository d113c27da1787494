package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.Json;

/**
 * What the platform passes on to a job's caller. Only forms are used that its own library sends too. A failure has its message in
 * {@code error}, as plain text, which makes the job FAILED; what kind of failure it was, and where, stands in {@code output}.
 */
final class RunPodAnswer {
    /** Beside a result: asks the platform to replace this worker. */
    static final String FAREWELL = "stopPod";

    /** What a part of a result may have at most, with all that is around its picture. */
    private static final int LARGEST_PART = 1_000_000;

    private static final int AROUND = 10_000;

    private RunPodAnswer() {}

    static ObjectNode completed(JobResult result) {
        return Json.object().set("output", Answer.output(result));
    }

    static ObjectNode failed(JobException reason, RunPodEnvironment environment, String product) {
        ObjectNode body = Json.object().put("error", String.valueOf(reason.getMessage()));
        body.putObject("output")
                .put("error_type", reason.code().name())
                .put("hostname", environment.hostname())
                .put("worker_id", environment.workerId())
                .put("version", product);
        return body;
    }

    /** One picture of several, while others are still being made: without its file if that is too large for a part. */
    static ObjectNode part(JobResult.Image image) {
        return image(image, LARGEST_PART - AROUND);
    }

    /** The pictures that are there so far, with the files of as many as are small enough together. */
    static ArrayNode images(Iterable<JobResult.Image> images) {
        ArrayNode nodes = Json.MAPPER.createArrayNode();
        int room = LARGEST_PART - AROUND;
        for (JobResult.Image image : images) {
            ObjectNode node = image(image, room);
            room -= node.path("image").asText().length();
            nodes.add(node);
        }
        return nodes;
    }

    private static ObjectNode image(JobResult.Image image, int room) {
        if (image.stored() instanceof Stored.Inline inline && base64Length(inline.file()) > room) {
            var bare = new Stored.Inline(new byte[0]);
            ObjectNode node = Answer.image(image.at(bare));
            node.remove("image");
            return node;
        }
        return Answer.image(image);
    }

    private static long base64Length(byte[] file) {
        return Math.ceilDiv(file.length, 3) * 4L;
    }
}
