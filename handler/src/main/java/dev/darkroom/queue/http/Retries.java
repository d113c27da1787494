package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** Has jobs done again that did not end well, under the same id and with the same input. */
final class Retries {
    private static final Logger LOG = Logger.getLogger(Retries.class);

    private final WaitingRoom waiting;
    private final Register register;

    Retries(WaitingRoom waiting, Register register) {
        this.waiting = waiting;
        this.register = register;
    }

    /**
     * Puts a job back into the queue.
     *
     * @param sequence its place among all jobs
     * @throws Refusal if it cannot be done again, or not now; it is as it was then
     */
    synchronized HttpTicket again(HttpTicket ended, long sequence, TicketOffice office) {
        StoredJob job = ended.record();
        check(ended, job, office.store());
        if (!waiting.reserve(job.bytes())) {
            throw Refusal.full("the queue is full");
        }
        StoredJob again = job.retried(sequence, office.now());
        HttpTicket ticket = HttpTicket.stored(again, office);
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
            throw Refusal.notFound(job.id());
        }
        ended.replaced();
        waiting.enter(ticket);
        return ticket;
    }

    private void check(HttpTicket ended, StoredJob job, JobStore store) {
        boolean failed = job.status() == Status.FAILED || job.status() == Status.TIMED_OUT;
        if (!failed && !(job.status() == Status.COMPLETED && hasUnstored(ended))) {
            throw Refusal.conflict(
                    "the job is " + job.status()
                            + ": only FAILED and TIMED_OUT jobs can be retried, and COMPLETED ones with pictures that could not be stored");
        }
        if (register.find(job.id()).filter(known -> known == ended).isEmpty()) {
            throw Refusal.conflict("the job is being retried already");
        }
        if (!ended.keepsRequest() || !store.hasRequest(job.id())) {
            throw Refusal.conflict("the job's input is not kept: send it again with /run");
        }
    }

    /** True if pictures were made that are not in the answer. */
    private static boolean hasUnstored(HttpTicket completed) {
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

    private static void write(StoredJob again, JobStore store) {
        try {
            store.put(again);
            store.sync();
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s cannot be retried: %s", again.id(), e.getMessage());
            throw Refusal.unavailable("the job cannot be written down: the worker's disk may be full");
        }
    }

    /** As it was, unless it was forgotten meanwhile. */
    private void restore(HttpTicket ended, JobStore store) {
        ended.takeBack();
        if (register.find(ended.id()).isPresent()) {
            store.put(ended.record());
        } else {
            ended.forget();
        }
    }
}
