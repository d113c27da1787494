package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A job that was taken from RunPod. The platform may stop it at any time: it then ends without an answer. */
final class RunPodTicket implements Ticket, Outbox.Owner {
    private static final Logger LOG = Logger.getLogger(RunPodTicket.class);

    private final String id;
    private final PullContext desk;
    private final Outbox outbox;
    private final List<JobResult.Image> images = new ArrayList<>();
    private @Nullable ObjectNode request;
    private int step;
    private int steps = 1;
    private boolean stopped;
    private boolean ended;

    private RunPodTicket(String id, ObjectNode request, PullContext desk) {
        this.id = id;
        this.request = request;
        this.desk = desk;
        this.outbox = desk.outbox(id, this);
    }

    /** @param request the job as the platform gave it */
    static RunPodTicket open(String id, ObjectNode request, PullContext desk) {
        var ticket = new RunPodTicket(id, request, desk);
        ticket.outbox.open();
        return ticket;
    }

    @Override
    public String id() {
        return id;
    }

    /** Gives the job to the one who does it; its pictures are not kept here beyond that. */
    @Override
    public Job job() {
        ObjectNode taken;
        synchronized (this) {
            checkCancelled();
            taken = request;
            request = null;
        }
        if (taken == null) {
            throw new IllegalStateException("job " + id + " was given away already");
        }
        return desk.read(taken);
    }

    @Override
    public int largestAnswer() {
        return desk.largestAnswer(id);
    }

    @Override
    public void report(int step, int steps) {
        synchronized (this) {
            checkCancelled();
            this.step = step;
            this.steps = steps;
        }
        outbox.progressed();
    }

    @Override
    public void started() {
        checkCancelled();
    }

    @Override
    public void rendered() {
        desk.rendered(this);
    }

    @Override
    public synchronized void checkCancelled() {
        if (stopped) {
            throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
        }
    }

    @Override
    public void stored(JobResult.Image image) {
        if (desk.streams()) {
            outbox.part(RunPodAnswer.part(image));
            return;
        }
        synchronized (this) {
            images.add(image);
        }
        outbox.progressed();
    }

    @Override
    public void completed(JobResult result) {
        if (end()) {
            post(() -> RunPodAnswer.completed(result));
        }
    }

    @Override
    public void failed(JobException reason) {
        if (end()) {
            desk.noticeFailure(reason);
            post(() -> desk.failed(reason));
        }
    }

    /** The platform wants no answer any more. */
    void stop() {
        synchronized (this) {
            stopped = true;
            request = null;
        }
        outbox.discard();
        desk.withdrawn(this);
    }

    /** False if it has ended before. */
    private boolean end() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            request = null;
        }
        desk.ended(this);
        return true;
    }

    private void post(Supplier<ObjectNode> answer) {
        if (!isStopped()) {
            outbox.result(made(answer));
        }
    }

    /** Without any answer the platform would wait for this job for ever, and this worker hold it. */
    private ObjectNode made(Supplier<ObjectNode> answer) {
        try {
            return answer.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.errorf("job %s: its answer cannot be made: %s", id, e);
            return desk.failed(new JobException(
                    JobException.Code.INTERNAL,
                    "the pictures were made, but the worker could not put the answer together",
                    null));
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    @Override
    public synchronized ObjectNode progress() {
        ObjectNode progress = Answer.progress(step, steps);
        if (!images.isEmpty()) {
            progress.set("images", RunPodAnswer.images(images));
        }
        return progress;
    }

    @Override
    public boolean isFarewell() throws InterruptedException {
        return desk.isFarewell(this);
    }

    @Override
    public void settled() {
        desk.settled(this);
    }
}
