package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.JobJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Polls the platform for jobs to stop: cancelled ones, and those that took too long. */
final class StopChannel {
    private static final Logger LOG = Logger.getLogger(StopChannel.class);

    private final RunPodClient client;
    private final Supplier<RunPodEnvironment> environment;
    private final HeldJobs held;
    private final Timeouts timeouts;
    private int failures;

    StopChannel(RunPodClient client, Supplier<RunPodEnvironment> environment, HeldJobs held, Timeouts timeouts) {
        this.client = client;
        this.environment = environment;
        this.held = held;
        this.timeouts = timeouts;
    }

    /** Polls until its thread is interrupted; not at all if the platform's addresses do not say where. */
    void run() {
        try {
            while (environment.get().urls().stop().isPresent()) {
                Thread.sleep(
                        heard(client.get(() -> environment.get().urls().stop().orElse(""), timeouts.poll())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the jobs that a reply names, and returns the wait before the next poll. */
    private Duration heard(Reply reply) {
        if (reply instanceof Reply.Failed failed && failed.timedOut()) {
            return timeouts.emptyPoll();
        }
        if (!(reply instanceof Reply.Answered answered)) {
            return failed(reply);
        }
        return switch (answered.status()) {
            case 200 -> {
                failures = 0;
                yield stop(answered.body()) ? timeouts.emptyPoll() : timeouts.firstBackOff();
            }
            case 204 -> {
                failures = 0;
                yield timeouts.firstBackOff();
            }
            case 404 -> timeouts.noStops();
            case 429 -> timeouts.throttled();
            default -> failed(reply);
        };
    }

    private Duration failed(Reply reply) {
        failures++;
        LOG.logf(
                failures == 1 ? Logger.Level.WARN : Logger.Level.DEBUG,
                "RunPod does not tell which jobs to stop: %s",
                reply.summary());
        return timeouts.backOff(failures);
    }

    /** Stops the jobs that a body names; returns false if there is none. */
    private boolean stop(Buffer body) {
        JsonNode ids;
        try {
            ids = JobJson.MAPPER.readTree(body.getBytes()).path("jobsToStop");
        } catch (IOException e) {
            LOG.warnf("RunPod answered with %d bytes that are no JSON instead of jobs to stop", body.length());
            return false;
        }
        boolean any = false;
        for (JsonNode id : ids) {
            if (id.isTextual()) {
                any = true;
                held.find(id.asText()).ifPresent(ticket -> {
                    LOG.infof("job %s: RunPod stops it", ticket.id());
                    ticket.stop();
                });
            }
        }
        return any;
    }
}
