package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Preview;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.Ticket;
import java.time.Instant;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A job that was taken from RunPod. The platform may stop it at any time: it then ends without an answer. */
final class RunPodTicket implements Ticket, Outbox.Owner {
    private static final Logger LOG = Logger.getLogger(RunPodTicket.class);

    /** Bytes that an answer may have around its pictures. */
    private static final int AROUND_PICTURES = 100_000;

    private final String id;
    private final PullContext context;
    private final JobEvents events;
    private final Outbox outbox;
    private final Instant accepted = Instant.now();
    private @Nullable ObjectNode request;
    private boolean stopped;
    private boolean begun;
    private boolean ended;

    private RunPodTicket(String id, ObjectNode request, PullContext context) {
        this.id = id;
        this.request = request;
        this.context = context;
        this.events = new JobEvents(context.pictures());
        this.outbox = new Outbox(
                id,
                this,
                context.poster(),
                events,
                context.settings().stream(),
                context.settings().progressEvery());
    }

    /**
     * Takes in a job, and from now on sends the platform what happens to it.
     *
     * @param request the job as the platform gave it
     */
    static RunPodTicket open(String id, ObjectNode request, PullContext context) {
        var ticket = new RunPodTicket(id, request, context);
        ticket.outbox.open();
        return ticket;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Instant accepted() {
        return accepted;
    }

    /** Reads the job, once: its request is not kept here for longer. */
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
        return context.reader().job(taken);
    }

    /** The platform may have given the job to another worker. */
    @Override
    public boolean isOverWhenCancelled() {
        return false;
    }

    @Override
    public int largestAnswer() {
        return Math.max(0, context.poster().largest(id) - AROUND_PICTURES);
    }

    @Override
    public void started() {
        synchronized (this) {
            checkCancelled();
            if (begun) {
                return;
            }
            begun = true;
        }
        events.publish(new JobEvent.Started());
    }

    @Override
    public void report(int step, int steps) {
        checkCancelled();
        events.publish(new JobEvent.Progress(step, steps));
    }

    @Override
    public synchronized void checkCancelled() {
        if (stopped) {
            throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
        }
    }

    @Override
    public void previewed(Preview preview) {
        events.publish(new JobEvent.Preview(preview));
    }

    @Override
    public void stored(JobResult.Image image) {
        events.publish(new JobEvent.PictureStored(image));
    }

    @Override
    public void rendered() {
        context.held().rendered(this);
    }

    @Override
    public void completed(JobResult result) {
        if (claimEnd()) {
            context.held().ended(this);
            post(() -> RunPodAnswer.completed(result));
        }
    }

    @Override
    public void failed(JobException reason) {
        if (claimEnd()) {
            context.replacement()
                    .noticeFailure(reason); // before the place is free: a worker to be replaced takes no other job
            context.held().ended(this);
            post(() -> answer(reason));
        }
    }

    /** Ends the job without an answer, because the platform wants none any more. */
    void stop() {
        synchronized (this) {
            stopped = true;
            request = null;
        }
        outbox.discard();
        context.held().withdrawn(this);
    }

    /** Claims the end of the job; returns false if it has ended before. */
    private synchronized boolean claimEnd() {
        if (ended) {
            return false;
        }
        ended = true;
        request = null;
        return true;
    }

    private void post(Supplier<ObjectNode> answer) {
        if (!isStopped()) {
            outbox.result(made(answer));
        }
    }

    /** Makes an answer in any case: without one the platform would wait for this job for ever, and this worker hold it. */
    private ObjectNode made(Supplier<ObjectNode> answer) {
        try {
            return answer.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.errorf("job %s: its answer cannot be made: %s", id, e);
            return answer(new JobException(
                    JobException.Code.INTERNAL,
                    "the pictures were made, but the worker could not put the answer together",
                    null));
        }
    }

    private ObjectNode answer(JobException reason) {
        return RunPodAnswer.failed(
                reason, context.environment(), context.settings().product());
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    @Override
    public boolean isFarewell() throws InterruptedException {
        return context.replacement().isFarewell(this);
    }

    @Override
    public void settled() {
        events.close();
        context.held().settled(this);
    }
}
