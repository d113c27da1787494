package dev.darkroom.queue.durable;

import dev.darkroom.job.Reason;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.durable.disk.Status;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** Retries jobs that did not end well, under the same id and with the same input. */
final class Retries {
    private static final Logger LOG = Logger.getLogger(Retries.class);

    private final WaitingJobs waiting;
    private final JobRegistry registry;

    Retries(WaitingJobs waiting, JobRegistry registry) {
        this.waiting = waiting;
        this.registry = registry;
    }

    /**
     * Puts an ended job back into the queue.
     *
     * @param sequence place of the retry among all jobs
     * @throws QueueException if the job cannot be retried, or not now; it is unchanged then
     */
    synchronized DurableJob again(DurableJob ended, long sequence, QueueContext context) {
        JobRecord record = ended.record();
        check(ended, record, context.store());
        if (!waiting.reserve(record.bytes())) {
            throw new QueueException(QueueException.Kind.FULL, "the queue is full");
        }
        JobRecord again = record.retried(sequence, context.now());
        DurableJob job = DurableJob.stored(again, context);
        boolean entered = false;
        ended.life().giveWay();
        try {
            write(again, context.store());
            entered = registry.replace(ended, job);
        } finally {
            if (!entered) {
                waiting.giveBack(record.bytes());
                restore(ended, context.store());
            }
        }
        if (!entered) {
            throw QueueException.notFound(record.id());
        }
        ended.replaced();
        waiting.enter(job);
        return job;
    }

    private void check(DurableJob ended, JobRecord record, JobStore store) {
        boolean failed = record.status() == Status.FAILED || record.status() == Status.TIMED_OUT;
        if (!failed && !(record.status() == Status.COMPLETED && record.unstored())) {
            throw new QueueException(
                    QueueException.Kind.CONFLICT,
                    "the job is " + record.status()
                            + ": only FAILED and TIMED_OUT jobs can be retried, and COMPLETED ones with pictures that could not be stored");
        }
        if (registry.find(record.id()).filter(known -> known == ended).isEmpty()) {
            throw new QueueException(QueueException.Kind.CONFLICT, "the job is being retried already");
        }
        if (!ended.keepsRequest() || !store.hasRequest(record.id())) {
            throw new QueueException(
                    QueueException.Kind.CONFLICT, "the job's input is not kept: send it again with /run");
        }
    }

    private static void write(JobRecord again, JobStore store) {
        try {
            store.put(again);
            store.sync();
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s cannot be retried: %s", again.id(), Reason.of(e));
            throw new QueueException(
                    QueueException.Kind.UNAVAILABLE, "the job cannot be written down: the worker's disk may be full");
        }
    }

    /** Restores the ended job, unless it was forgotten meanwhile. */
    private void restore(DurableJob ended, JobStore store) {
        ended.life().takeBack();
        if (registry.find(ended.id()).isPresent()) {
            store.put(ended.record());
        } else {
            ended.forget();
        }
    }
}
