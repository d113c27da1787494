package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** Has jobs done again that did not end well, under the same id and with the same input. */
final class Retries {
    private static final Logger LOG = Logger.getLogger(Retries.class);

    private final WaitingJobs waiting;
    private final JobRegistry register;

    Retries(WaitingJobs waiting, JobRegistry register) {
        this.waiting = waiting;
        this.register = register;
    }

    /**
     * Puts a job back into the queue.
     *
     * @param sequence its place among all jobs
     * @throws QueueException if it cannot be done again, or not now; it is as it was then
     */
    synchronized DurableTicket again(DurableTicket ended, long sequence, QueueContext office) {
        JobRecord job = ended.record();
        check(ended, job, office.store());
        if (!waiting.reserve(job.bytes())) {
            throw new QueueException(QueueException.Kind.FULL, "the queue is full");
        }
        JobRecord again = job.retried(sequence, office.now());
        DurableTicket ticket = DurableTicket.stored(again, office);
        boolean entered = false;
        ended.giveWay();
        try {
            write(again, office.store());
            entered = register.replace(ended, ticket);
        } finally {
            if (!entered) {
                waiting.giveBack(job.bytes());
                restore(ended, office.store());
            }
        }
        if (!entered) {
            throw QueueException.notFound(job.id());
        }
        ended.replaced();
        waiting.enter(ticket);
        return ticket;
    }

    private void check(DurableTicket ended, JobRecord job, JobStore store) {
        boolean failed = job.status() == Status.FAILED || job.status() == Status.TIMED_OUT;
        if (!failed && !(job.status() == Status.COMPLETED && hasUnstored(ended))) {
            throw new QueueException(QueueException.Kind.CONFLICT, 
                    "the job is " + job.status()
                            + ": only FAILED and TIMED_OUT jobs can be retried, and COMPLETED ones with pictures that could not be stored");
        }
        if (register.find(job.id()).filter(known -> known == ended).isEmpty()) {
            throw new QueueException(QueueException.Kind.CONFLICT, "the job is being retried already");
        }
        if (!ended.keepsRequest() || !store.hasRequest(job.id())) {
            throw new QueueException(QueueException.Kind.CONFLICT, "the job's input is not kept: send it again with /run");
        }
    }

    /** True if pictures were made that are not in the answer. */
    private static boolean hasUnstored(DurableTicket completed) {
        try {
            for (JsonNode failure : Json.MAPPER.readTree(completed.body()).at("/output/failures")) {
                if (failure.path("error_type").asText().equals(JobException.Code.STORE_FAILED.name())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JobRecord again, JobStore store) {
        try {
            store.put(again);
            store.sync();
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s cannot be retried: %s", again.id(), e.getMessage());
            throw new QueueException(QueueException.Kind.UNAVAILABLE, "the job cannot be written down: the worker's disk may be full");
        }
    }

    /** As it was, unless it was forgotten meanwhile. */
    private void restore(DurableTicket ended, JobStore store) {
        ended.takeBack();
        if (register.find(ended.id()).isPresent()) {
            store.put(ended.record());
        } else {
            ended.forget();
        }
    }
}
