package dev.darkroom.queue.durable;

import dev.darkroom.job.Reason;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.LastAnswer;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Ends a job: makes its last answer, has it kept, and then says so. */
final class JobEnding {
    private static final Logger LOG = Logger.getLogger(JobEnding.class);

    private final JobRecord beginning;
    private final JobLife life;
    private final JobEvents events;
    private final StatusBody bodies;
    private final QueueContext queue;

    JobEnding(JobRecord beginning, JobLife life, JobEvents events, StatusBody bodies, QueueContext queue) {
        this.beginning = beginning;
        this.life = life;
        this.events = events;
        this.bodies = bodies;
        this.queue = queue;
    }

    /**
     * Ends the job, unless it has ended or another thread is about to end it. The answer is made and kept before the state changes.
     *
     * @return false if the job is as it was
     */
    boolean end(Conclusion wanted) {
        Persistence before = life.beginEnd(wanted.keepsRequest());
        if (before == null) {
            return false;
        }
        boolean lasting = before.outlivesProcess()
                || (wanted.keepsRequest()
                        && before instanceof Persistence.InMemory inMemory
                        && isKept(inMemory.request()));
        long now = queue.now();
        Conclusion end = wanted;
        LastAnswer answer = answer(end, now, lasting);
        if (answer == null) {
            end = wanted.unanswerable(beginning.id());
            answer = answer(end, now, lasting);
        }
        if (answer == null) {
            // the job runs into its time limits, and ends then
            life.resume();
            return false;
        }
        Persistence kept = !lasting
                ? new Persistence.None()
                : wanted.keepsRequest() || end.keepsRequest()
                        ? new Persistence.Complete()
                        : new Persistence.WithoutRequest();
        JobRecord last = life.state()
                .record()
                .ended(end.status(), now, now + queue.kept(), answer.bytes(), end.tellsWebhook(), end.unstored());
        if (!life.end(last, answer, kept)) {
            answer.drop();
        } else if (lasting) {
            write(kept);
        }
        events.publish(end.event());
        return true;
    }

    /** Puts the request of a caller who waited into the store, for a retry; false if that fails. */
    private boolean isKept(byte[] request) {
        try {
            queue.store().keepRequest(beginning.id(), request);
            return true;
        } catch (RuntimeException | Error e) {
            LOG.errorf("job %s cannot be retried: %s", beginning.id(), Reason.of(e));
            return false;
        }
    }

    /** Makes the answer and keeps it; null if there is no memory or no room for it. */
    private @Nullable LastAnswer answer(Conclusion end, long now, boolean lasting) {
        try {
            byte[] body = bodies.last(end.body().get(), now);
            return LastAnswer.keep(
                    queue.store(), beginning, body, lasting, queue.memory().answers());
        } catch (RuntimeException | Error e) {
            LOG.errorf("job %s: its answer cannot be made: %s", beginning.id(), e);
            return null;
        }
    }

    private void write(Persistence kept) {
        try {
            if (kept instanceof Persistence.WithoutRequest) {
                queue.store().dropSmallRequest(beginning.id());
            }
            queue.store().sync();
            if (kept instanceof Persistence.WithoutRequest) {
                queue.store().dropRequest(beginning.id());
            }
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s: its end would not outlive this process: %s", beginning.id(), Reason.of(e));
        }
    }
}
