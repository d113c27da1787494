package dev.darkroom.queue.durable;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.Policy;
import dev.darkroom.queue.durable.disk.Submission;
import dev.darkroom.snapshot.Randomness;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Accepts jobs: reads and checks the request, finds a place in the queue, and writes the job down where it must outlive the process. */
final class Admission {
    private static final Logger LOG = Logger.getLogger(Admission.class);

    private final QueueSettings settings;
    private final Policy standard;
    private final WaitingJobs waiting;
    private final JobRegistry registry;
    private final AtomicLong sequence;

    Admission(QueueSettings settings, WaitingJobs waiting, JobRegistry registry, AtomicLong sequence) {
        this.settings = settings;
        this.standard = new Policy(
                settings.executionTimeout().toMillis(), settings.ttl().toMillis(), false);
        this.waiting = waiting;
        this.registry = registry;
        this.sequence = sequence;
    }

    /**
     * Accepts a job; one with a faulty payload has failed at once.
     *
     * @param sync true if its caller waits for the result
     * @param submission what is kept of a submission that may come again; null if it has no key
     * @throws JobException if the body is no request
     * @throws QueueException if too many jobs wait already, or the job cannot be written down
     */
    DurableJob accept(byte[] body, boolean sync, @Nullable Submission submission, QueueContext context) {
        JobRequest request = JobRequest.read(body, context.reader(), standard);
        String id = (sync ? "sync-" : "") + Randomness.uuid();
        JobRecord record = JobRecord.accepted(
                        id, sequence.incrementAndGet(), context.now(), body.length, request.policy(), request.webhook())
                .submittedAs(submission);
        JobException fault = request.fault();
        if (fault != null) {
            DurableJob faulty = DurableJob.accepted(record, body, null, context);
            registry.add(faulty);
            faulty.refuse(fault);
            return faulty;
        }
        if (!waiting.reserve(body.length)) {
            throw new QueueException(
                    QueueException.Kind.FULL,
                    "the queue is full: at most " + settings.capacity() + " jobs may wait, and "
                            + settings.mostBytes().asLongValue() + " bytes of payloads");
        }
        DurableJob job = DurableJob.accepted(record, body, request.job(), context);
        admit(job, !sync || request.webhook() != null || submission != null);
        return job;
    }

    private void admit(DurableJob job, boolean outlives) {
        boolean admitted = false;
        try {
            if (outlives) {
                job.outlive();
            }
            admitted = true;
        } catch (UncheckedIOException e) {
            LOG.errorf("a job is refused: %s", Reason.of(e));
            throw new QueueException(
                    QueueException.Kind.UNAVAILABLE, "the job cannot be written down: the worker's disk may be full");
        } finally {
            if (!admitted) {
                waiting.giveBack(job.beginning().bytes());
                undo(job);
            }
        }
        registry.add(job);
        waiting.enter(job);
    }

    /** Removes the files and the record of a refused job: it must not be done after the next start. */
    private static void undo(DurableJob job) {
        try {
            job.forget();
        } catch (UncheckedIOException e) {
            LOG.debugf("what is left of a refused job goes when the disk can be written again: %s", Reason.of(e));
        }
    }
}
