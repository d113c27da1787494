package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobJson;
import java.util.List;

/**
 * Builds the bodies that the platform passes on to a job's caller. Only forms are used that its own library sends too. A failure has its
 * message in {@code error}, as plain text, which makes the job FAILED; what kind of failure it was, and where, stands in {@code output}.
 */
final class RunPodAnswer {
    /** Field beside a result that asks the platform to replace this worker. */
    static final String FAREWELL = "stopPod";

    /** Size of a part of a result at most, with all that is around its picture. */
    private static final int LARGEST_PART = 1_000_000;

    private static final int AROUND = 10_000;

    private static final JobEvent.Progress NO_STEP_YET = new JobEvent.Progress(0, 1);

    private RunPodAnswer() {}

    static ObjectNode completed(JobResult result) {
        return JobJson.object().set("output", Answer.output(result));
    }

    static ObjectNode failed(JobException reason, RunPodEnvironment environment, String product) {
        ObjectNode body = JobJson.object().put("error", String.valueOf(reason.getMessage()));
        body.putObject("output")
                .put("error_type", reason.code().name())
                .put("hostname", environment.hostname())
                .put("worker_id", environment.workerId())
                .put("version", product);
        return body;
    }

    /** Builds a part of the result: one picture, without its file if that is too large for a part. */
    static ObjectNode part(JobEvent.PictureStored picture) {
        return Answer.picture(within(LARGEST_PART - AROUND, picture));
    }

    /** Builds the progress of a job with the pictures so far and previews of the next, with the files of as many as are small enough together. */
    static ObjectNode progress(JobEvents events) {
        JobEvent.Progress latest = events.progress();
        ObjectNode progress = Answer.progress(latest == null ? NO_STEP_YET : latest);
        long room = LARGEST_PART - AROUND;
        List<JobEvent.PictureStored> pictures = events.pictures();
        if (!pictures.isEmpty()) {
            ArrayNode images = progress.putArray("images");
            for (JobEvent.PictureStored picture : pictures) {
                JobEvent.PictureStored small = within(room, picture);
                room -= small.fileLength();
                images.add(Answer.picture(small));
            }
        }
        for (JobEvent.Preview preview : events.previews()) {
            if (preview.fileLength() <= room) {
                room -= preview.fileLength();
                progress.withArray("previews").add(Answer.preview(preview));
            }
        }
        return progress;
    }

    private static JobEvent.PictureStored within(long room, JobEvent.PictureStored picture) {
        return picture.fileLength() > room ? picture.withoutFile() : picture;
    }
}
