package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Posts the progress, the pictures and the result of jobs to the platform: progress once, pictures a few times, the result until it is
 * taken.
 */
final class ResultPoster {
    private static final Logger LOG = Logger.getLogger(ResultPoster.class);
    private static final ObjectWriter WRITER =
            JobJson.MAPPER.writer().with(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
    private static final int PART_TRIES = 3;
    private static final int LEAST_RESULT_TRIES = 5;

    private final RunPodClient client;
    private final Supplier<RunPodEnvironment> environment;
    private final RunPodSettings settings;
    private final Timeouts timeouts;

    ResultPoster(
            RunPodClient client, Supplier<RunPodEnvironment> environment, RunPodSettings settings, Timeouts timeouts) {
        this.client = client;
        this.environment = environment;
        this.settings = settings;
        this.timeouts = timeouts;
    }

    private RunPodUrls urls() {
        return environment.get().urls();
    }

    /** Posts the progress of a job. If it is lost, the next one says more. */
    void progress(String id, ObjectNode output) throws InterruptedException {
        ObjectNode body = JobJson.object().put("status", "IN_PROGRESS").set("output", output);
        Reply reply = client.post(urls().done(id, false), id, bytes(body), timeouts.progress());
        if (!reply.isSuccess()) {
            LOG.debugf("job %s: progress was not taken: %s", id, reply.summary());
        }
    }

    /** Posts a part of the result, for those who read the job's stream. */
    void part(String id, ObjectNode output) throws InterruptedException {
        String url = urls().stream(id).orElse(null);
        if (url == null) {
            return;
        }
        byte[] body = bytes(JobJson.object().set("output", output));
        Reply reply = insist(url, id, body, PART_TRIES, Duration.ZERO);
        if (!reply.isSuccess()) {
            LOG.warnf("job %s: a part of its result was not taken: %s", id, reply.summary());
        }
    }

    /** Posts the result. One that the platform refuses is replaced by a small error, so that the caller hears of it. */
    void result(String id, ObjectNode result) throws InterruptedException {
        byte[] body;
        try {
            body = bytes(result);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.errorf("job %s: its result cannot be written: %s", id, e);
            error(
                    id,
                    result,
                    "the worker could not write the result down: ask for it as url, or for a smaller picture");
            return;
        }
        int largest = largest(id);
        if (body.length > largest) {
            error(
                    id,
                    result,
                    "the result has " + megabytes(body.length) + ", and RunPod takes at most " + megabytes(largest)
                            + ": ask for it as url, or for a smaller or more compressed picture");
            return;
        }
        Reply reply = insist(urls().done(id, settings.stream()), id, body, LEAST_RESULT_TRIES, settings.postFor());
        if (reply.isSuccess()) {
            LOG.debugf("job %s: its result of %d bytes is handed in", id, body.length);
        } else if (reply.isTransient()) {
            LOG.errorf("job %s: its result is lost: %s", id, reply.summary());
        } else {
            LOG.errorf("job %s: its result of %d bytes is refused: %s", id, body.length, reply.summary());
            error(id, result, "RunPod refused the result of " + megabytes(body.length) + " with " + reply.summary());
        }
    }

    /** Returns how many bytes the platform takes as the result of this job. */
    int largest(String id) {
        return id.startsWith("sync-") ? settings.largestSyncResult() : settings.largestResult();
    }

    private void error(String id, ObjectNode result, String message) throws InterruptedException {
        ObjectNode error = JobJson.object().put("error", message);
        if (result.has(RunPodAnswer.FAREWELL)) {
            error.put(RunPodAnswer.FAREWELL, true);
        }
        byte[] body = bytes(error);
        Reply reply = insist(urls().done(id, settings.stream()), id, body, LEAST_RESULT_TRIES, settings.postFor());
        if (!reply.isSuccess()) {
            LOG.errorf("job %s: the error in place of its result is lost: %s", id, reply.summary());
        }
    }

    /** Posts until the platform has decided, with at least so many tries, and for at least so long. */
    private Reply insist(String url, String id, byte[] body, int leastTries, Duration time)
            throws InterruptedException {
        long start = System.nanoTime();
        for (int tries = 1; ; tries++) {
            Reply reply = client.post(url, id, body, timeouts.result());
            Duration wait = timeouts.retry(tries);
            long spent = System.nanoTime() - start + wait.toNanos();
            if (!reply.isTransient() || (tries >= leastTries && spent > time.toNanos())) {
                return reply;
            }
            LOG.warnf("job %s: post %d failed: %s", id, tries, reply.summary());
            Thread.sleep(wait);
        }
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return WRITER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always JSON", e);
        }
    }

    private static String megabytes(int bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
