package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Marks;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Stored;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Builds the JSON that callers read of a job, in the form of RunPod's endpoint API: outputs, and status bodies around them. */
public final class Answer {
    private Answer() {}

    /** Builds a status body: {@code {"id": …, "status": …}}. */
    public static ObjectNode status(String id, String status) {
        return JobJson.object().put("id", id).put("status", status);
    }

    /** Builds the output of a running job. */
    public static ObjectNode progress(JobEvent.Progress progress) {
        return JobJson.object()
                .put("type", "progress")
                .put("value", progress.step())
                .put("max", progress.steps())
                .put("percent", Math.round(1000.0 * progress.step() / progress.steps()) / 10.0);
    }

    /** Builds the output of a stream's event: a small picture of the work in progress. */
    public static ObjectNode preview(JobEvent.Preview preview) {
        return JobJson.object()
                .put("type", "preview")
                .put("index", preview.index())
                .put("value", preview.step())
                .put("max", preview.steps())
                .put("image", Base64.getEncoder().encodeToString(preview.file()))
                .put("format", ImageFormat.JPEG.fieldValue())
                .put("width", preview.size().width())
                .put("height", preview.size().height());
    }

    /** Builds the output of a completed job. */
    public static ObjectNode output(JobResult result) {
        ObjectNode output = JobJson.object();
        ArrayNode images = output.putArray("images");
        result.images().forEach(image -> images.add(image(image)));
        if (!result.failures().isEmpty()) {
            ArrayNode failures = output.putArray("failures");
            result.failures().forEach(failure -> failures.add(failure(failure)));
        }
        output.put("seed", result.seed()).put("model", result.model());
        if (result.revision() != null) {
            output.put("revision", result.revision());
        }
        if (result.license() != null) {
            output.set("license", license(result.license()));
        }
        ObjectNode timings = output.putObject("timings");
        result.timings().forEach(timings::put);
        if (!result.notes().isEmpty()) {
            ArrayNode notes = output.putArray("notes");
            result.notes().forEach(notes::add);
        }
        return output;
    }

    /** Builds one picture of an output, with its file if it is stored inline. */
    public static ObjectNode image(JobResult.Image image) {
        return place(file(image), image.sample());
    }

    private static ObjectNode file(JobResult.Image image) {
        ObjectNode node = JobJson.object();
        switch (image.stored()) {
            case Stored.At at -> node.put("url", at.url().toString());
            case Stored.Inline inline -> node.put("image", Base64.getEncoder().encodeToString(inline.file()));
        }
        node.put("format", image.format().fieldValue())
                .put("width", image.size().width())
                .put("height", image.size().height())
                .put("bytes", image.bytes());
        JobResult.Clip clip = image.clip();
        if (clip != null) {
            node.put("frames", clip.frames()).put("fps", clip.fps());
            if (clip.poster() != null) {
                node.set("poster", file(clip.poster()));
            }
        }
        Marks marks = image.marks();
        if (marks != null) {
            node.set("provenance", provenance(marks));
        }
        return node;
    }

    /** Builds what is told of what a picture's file says of how the picture came about. */
    public static ObjectNode provenance(Marks marks) {
        ObjectNode node =
                JobJson.object().put("credentials", marks.credentials()).put("mark", marks.mark());
        putIfKnown(node, "label", marks.label());
        return node;
    }

    /** Builds what is told of a model's licence. */
    public static ObjectNode license(JobResult.License license) {
        ObjectNode node = JobJson.object().put("name", license.name()).put("commercial_use", license.commercialUse());
        putIfKnown(node, "link", license.link());
        return node;
    }

    private static void putIfKnown(ObjectNode node, String name, @Nullable String text) {
        if (text != null) {
            node.put(name, text);
        }
    }

    /** Builds one picture of a running job, without its file if the event does not have it. */
    public static ObjectNode picture(JobEvent.PictureStored event) {
        ObjectNode node = image(event.image());
        if (!event.complete()) {
            node.remove("image");
            if (node.get("poster") instanceof ObjectNode poster) {
                poster.remove("image");
            }
        }
        return node;
    }

    /** Builds the output of a stream's event: one picture, with its place in the job. */
    public static ObjectNode streamed(JobEvent.PictureStored event) {
        return picture(event)
                .put("type", "image")
                .put("index", event.image().sample().index());
    }

    private static ObjectNode failure(JobResult.Failure failure) {
        return place(
                JobJson.object()
                        .put("error", failure.reason().getMessage())
                        .put("error_type", failure.reason().code().name()),
                failure.sample());
    }

    private static ObjectNode place(ObjectNode node, Sample sample) {
        return node.put("seed", sample.seed()).put("prompt_index", sample.promptIndex());
    }

    /** Builds the status body of a completed job. */
    public static ObjectNode completed(String id, JobResult result) {
        ObjectNode answer = status(id, "COMPLETED");
        answer.set("output", output(result));
        return answer;
    }

    /** Builds the status body of a job that was cancelled, with what it had by then. */
    public static ObjectNode cancelled(String id, JobResult result) {
        ObjectNode answer = status(id, "CANCELLED");
        answer.set("output", output(result));
        return answer;
    }

    /** Builds the status body of a job that failed, timed out or was cancelled. */
    public static ObjectNode failed(String id, JobException reason) {
        return status(id, reason.code().ending().name())
                .put("error", reason.getMessage())
                .put("error_type", reason.code().name());
    }
}
