package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.PayloadReader;
import org.jboss.logging.Logger;

/** What the tickets of this worker share: how jobs are read, posted and counted, and when the worker is to be replaced. */
final class PullContext {
    private static final Logger LOG = Logger.getLogger(PullContext.class);

    /** What may be around the pictures in an answer. */
    private static final int AROUND_PICTURES = 100_000;

    private final RunPodEnvironment environment;
    private final RunPodSettings settings;
    private final PayloadReader reader;
    private final HeldJobs held;
    private final ResultPoster courier;
    private final Runnable stop;
    private int taken;
    private volatile boolean replacing;

    /** @param stop called when the worker is to take no more jobs */
    PullContext(
            RunPodEnvironment environment,
            RunPodSettings settings,
            PayloadReader reader,
            HeldJobs held,
            ResultPoster courier,
            Runnable stop) {
        this.environment = environment;
        this.settings = settings;
        this.reader = reader;
        this.held = held;
        this.courier = courier;
        this.stop = stop;
    }

    /**
     * Takes in what the platform gave as a job. One that is faulty is taken in too, and answered when it is read.
     *
     * @return false if that is no job, or one that this worker has already
     */
    boolean takeIn(JsonNode job) {
        String id = job.path("id").asText("");
        if (!(job instanceof ObjectNode request) || !RunPodUrls.isId(id)) {
            LOG.error("RunPod gave a job without an id that could be answered");
            return false;
        }
        if (held.find(id).isPresent()) {
            LOG.warnf("job %s: RunPod gave it again; its one answer is still to come", id);
            return false;
        }
        taken++;
        if (settings.refreshAfter().filter(most -> taken >= most).isPresent()) {
            replace(taken + " jobs");
        }
        held.add(RunPodTicket.open(id, request, this));
        return true;
    }

    Outbox outbox(String id, Outbox.Owner owner) {
        return new Outbox(id, owner, courier, settings.progressEvery());
    }

    Job read(ObjectNode request) {
        return reader.job(request);
    }

    ObjectNode failed(JobException reason) {
        return RunPodAnswer.failed(reason, environment, settings.product());
    }

    int largestAnswer(String id) {
        return Math.max(0, courier.largest(id) - AROUND_PICTURES);
    }

    boolean streams() {
        return settings.stream();
    }

    void noticeFailure(JobException reason) {
        if (settings.refreshOn().contains(reason.code())) {
            replace(reason.code().name());
        }
    }

    void rendered(RunPodTicket ticket) {
        held.rendered(ticket);
    }

    void ended(RunPodTicket ticket) {
        held.ended(ticket);
    }

    void withdrawn(RunPodTicket ticket) {
        held.withdrawn(ticket);
    }

    void settled(RunPodTicket ticket) {
        held.settled(ticket);
    }

    /** True if this job's result is the last of a worker that is to be replaced. */
    boolean isFarewell(RunPodTicket ticket) throws InterruptedException {
        return replacing && held.awaitLast(ticket);
    }

    private void replace(String why) {
        LOG.infof("after %s this worker takes no more jobs and asks to be replaced", why);
        replacing = true;
        stop.run();
    }
}
