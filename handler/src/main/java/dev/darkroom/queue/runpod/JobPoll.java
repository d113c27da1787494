package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Polls the platform for jobs, one long poll at a time, as long as there is a place for a job. */
final class JobPoll {
    private static final Logger LOG = Logger.getLogger(JobPoll.class);

    /** Reader that lets duplicate fields pass: they are no reason to leave a job without an answer. */
    private static final ObjectMapper LENIENT = new ObjectMapper(
            JobJson.MAPPER.getFactory().copy().disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature()));

    private final RunPodClient client;
    private final HeldJobs held;
    private final PullContext context;
    private final Timeouts timeouts;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int failures;
    private String lastWarning = "";

    JobPoll(RunPodClient client, PullContext context, Timeouts timeouts) {
        this.client = client;
        this.held = context.held();
        this.context = context;
        this.timeouts = timeouts;
    }

    /** Polls until {@link #stop} is called. */
    void run() {
        try {
            while (held.awaitPlace()) {
                long start = System.nanoTime();
                boolean jobInProgress = !held.ids().isEmpty();
                Duration wait = heard(
                        client.take(() -> context.environment().urls().take(jobInProgress), timeouts.poll()), start);
                if (wait.isPositive() && stopped.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            held.over();
        }
    }

    /** Ends the poll at once, unless it is being answered; jobs in that answer are taken in. */
    void stop() {
        held.close();
        stopped.countDown();
        client.giveUpTake();
    }

    /** Takes in the jobs of a reply, and returns the wait before the next poll. */
    private Duration heard(Reply reply, long start) {
        if (reply instanceof Reply.Failed failed && failed.timedOut() && isWholePoll(start)) {
            succeeded();
            return timeouts.emptyPoll();
        }
        if (!(reply instanceof Reply.Answered answered)) {
            return failed(reply);
        }
        return switch (answered.status()) {
            case 200 -> {
                succeeded();
                yield takeIn(answered.body()) ? Duration.ZERO : timeouts.asleep();
            }
            case 204 -> {
                succeeded();
                yield timeouts.emptyPoll().minusNanos(System.nanoTime() - start);
            }
            case 400 -> Timeouts.jittered(timeouts.asleep());
            case 429 -> timeouts.throttled();
            default -> failed(reply);
        };
    }

    /** Tells a poll that timed out from a connection that was never made, which times out sooner. */
    private boolean isWholePoll(long start) {
        return System.nanoTime() - start > timeouts.poll().toNanos() / 2;
    }

    private void succeeded() {
        failures = 0;
        lastWarning = "";
    }

    private Duration failed(Reply reply) {
        failures++;
        Duration wait = timeouts.backOff(failures);
        String what = reply.summary();
        if (held.isClosing() || what.equals(lastWarning)) {
            return wait;
        }
        lastWarning = what;
        if (reply instanceof Reply.Answered answered && (answered.status() == 401 || answered.status() == 403)) {
            LOG.errorf("RunPod refuses this worker with %s: check RUNPOD_AI_API_KEY", what);
        } else {
            LOG.warnf("RunPod gives no jobs: %s", what);
        }
        return wait;
    }

    /** Takes in the jobs of a body; returns false if there was none. */
    private boolean takeIn(Buffer body) {
        JsonNode answer;
        try {
            answer = LENIENT.readTree(body.getBytes());
        } catch (IOException e) {
            LOG.warnf("RunPod answered with %d bytes that are no JSON instead of a job", body.length());
            return false;
        }
        if (!(answer instanceof ArrayNode batch)) {
            return answer.isObject() && takeIn(answer);
        }
        boolean any = false;
        for (JsonNode job : batch) {
            any |= takeIn(job);
        }
        return any;
    }

    /**
     * Takes in what the platform gave as a job. One that is faulty is taken in too, and answered when it is read.
     *
     * @return false if that is no job, or one that this worker has already
     */
    private boolean takeIn(JsonNode job) {
        String id = job.path("id").asText("");
        if (!(job instanceof ObjectNode request) || !RunPodUrls.isId(id)) {
            LOG.error("RunPod gave a job without an id that could be answered");
            return false;
        }
        if (held.find(id).isPresent()) {
            LOG.warnf("job %s: RunPod gave it again; its one answer is still to come", id);
            return false;
        }
        context.replacement().noticeTaken();
        held.add(RunPodTicket.open(id, request, context));
        return true;
    }
}
