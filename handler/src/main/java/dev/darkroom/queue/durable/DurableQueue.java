package dev.darkroom.queue.durable;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.webhook.Webhooks;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that come over HTTP. Those that were answered with an id are written down and done even if the process dies; those whose caller
 * waits for the result end with the process.
 */
@ApplicationScoped
public class DurableQueue implements JobSource {
    private static final Logger LOG = Logger.getLogger(DurableQueue.class);
    private static final long LOOK_AGAIN_MILLISECONDS = 100;
    private static final long STREAM_ROOM = 64L << 20;
    private static final long ANSWER_ROOM = 64L << 20;
    private static final int MOST_ATTEMPTS = 3;

    /** A job that is always there when the process dies may kill it before the GPU begins with it. */
    private static final int MOST_TAKES = 10;

    private final PayloadReader reader;
    private final QueueSettings settings;
    private final Webhooks webhooks;
    private final Clock clock;
    private final Policy standard;
    private final WaitingJobs waiting;
    private final JobRegistry register;
    private final AtomicLong sequence = new AtomicLong();
    private final Counts counts = new Counts();
    private final AtomicInteger takers = new AtomicInteger();
    private final Housekeeping housekeeping;
    private final Retries retries;
    private final SubmitGate submissions = new SubmitGate();
    private volatile @Nullable QueueContext office;
    private volatile boolean stopped;

    @Inject
    DurableQueue(PayloadReader reader, QueueSettings settings, Webhooks webhooks) {
        this(reader, settings, webhooks, Clock.systemUTC());
    }

    DurableQueue(PayloadReader reader, QueueSettings settings, Webhooks webhooks, Clock clock) {
        this.reader = reader;
        this.settings = settings;
        this.webhooks = webhooks;
        this.clock = clock;
        this.standard = new Policy(
                settings.executionTimeout().toMillis(), settings.ttl().toMillis(), false);
        this.waiting = new WaitingJobs(settings.capacity(), settings.mostBytes().asLongValue());
        this.register =
                new JobRegistry(settings.mostKept(), settings.mostKeptBytes().asLongValue());
        this.retries = new Retries(waiting, register);
        this.housekeeping = new Housekeeping(waiting, register, clock);
    }

    /**
     * Begins to accept jobs. Those of the store that have not ended wait again, in their order; the others can be asked for.
     *
     * @param outcomes told how every job ends from now on
     */
    public void open(JobStore store, JobEndListener outcomes) {
        String worker = settings.workerId()
                .orElseGet(() -> "darkroom-"
                        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()));
        var opened = new QueueContext(
                store,
                reader,
                clock,
                worker,
                settings.kept().toMillis(),
                new AtomicLong(STREAM_ROOM),
                new AtomicLong(ANSWER_ROOM),
                housekeeping::later,
                outcomes,
                this::ended);
        for (JobRecord job : store.jobs()) {
            sequence.accumulateAndGet(job.sequence(), Math::max);
            restore(job, opened);
        }
        office = opened;
        housekeeping.begin(store);
    }

    private void restore(JobRecord job, QueueContext opened) {
        if (job.status().isFinal()) {
            DurableTicket ticket = DurableTicket.stored(job, opened);
            register.add(ticket);
            tellWebhook(ticket);
            return;
        }
        DurableTicket ticket = DurableTicket.stored(job.waitingAgain(), opened);
        register.add(ticket);
        if (job.attempts() >= MOST_ATTEMPTS || job.takes() >= MOST_TAKES) {
            String deaths = job.attempts() >= MOST_ATTEMPTS
                    ? "the worker died " + job.attempts() + " times while doing this job"
                    : "the worker died or stopped " + job.takes()
                            + " times after it had taken this job, before the GPU was done";
            LOG.errorf("job %s has failed: %s", job.id(), deaths);
            ticket.failed(new JobException(JobException.Code.INTERNAL, deaths, null));
        } else {
            LOG.infof("job %s waits again", job.id());
            waiting.reserveAnyway(job.bytes());
            waiting.enter(ticket);
        }
    }

    /**
     * Accepts a job; one with a faulty payload has failed at once.
     *
     * @param sync true if its caller waits for the result
     * @throws JobException if the body is no request
     * @throws QueueException if too many jobs wait already, or the worker cannot take any
     */
    public DurableTicket submit(byte[] body, boolean sync) {
        return submissions.submit(() -> accept(body, sync));
    }

    private DurableTicket accept(byte[] body, boolean sync) {
        QueueContext opened = opened();
        JobRequest submission = JobRequest.read(body, reader, standard);
        String id = (sync ? "sync-" : "") + UUID.randomUUID();
        JobRecord job = JobRecord.accepted(
                id, sequence.incrementAndGet(), clock.millis(), body.length, submission.policy(), submission.webhook());
        DurableTicket ticket = DurableTicket.accepted(job, body, opened);
        if (submission.fault() != null) {
            register.add(ticket);
            ticket.refused(submission.fault());
            return ticket;
        }
        if (!waiting.reserve(body.length)) {
            throw new QueueException(QueueException.Kind.FULL, "the queue is full: at most " + settings.capacity() + " jobs may wait, and "
                    + settings.mostBytes().asLongValue() + " bytes of payloads");
        }
        admit(ticket, !sync || submission.webhook() != null);
        return ticket;
    }

    private void admit(DurableTicket ticket, boolean outlives) {
        boolean admitted = false;
        try {
            if (outlives) {
                ticket.outlive();
            }
            admitted = true;
        } catch (UncheckedIOException e) {
            LOG.errorf("a job is refused: %s", e.getMessage());
            throw new QueueException(QueueException.Kind.UNAVAILABLE, "the job cannot be written down: the worker's disk may be full");
        } finally {
            if (!admitted) {
                waiting.giveBack(ticket.beginning().bytes());
                undo(ticket);
            }
        }
        register.add(ticket);
        waiting.enter(ticket);
        if (stopped) {
            letGo(ticket);
        }
    }

    /** What of a refused job is written down already must not be done after the next start. */
    private static void undo(DurableTicket ticket) {
        try {
            ticket.forget();
        } catch (UncheckedIOException e) {
            LOG.debugf("what is left of a refused job goes when the disk can be written again: %s", e.getMessage());
        }
    }

    /** A job that was accepted and is not forgotten yet. */
    public DurableTicket find(String id) {
        DurableTicket ticket = register.find(id)
                .filter(known -> !known.isForgettable(clock.millis()) && !known.isExpired(clock.millis()))
                .orElseThrow(() -> QueueException.notFound(id));
        ticket.askFor();
        return ticket;
    }

    /** Withdraws a job; if it waits, its place is free again. */
    public void cancel(DurableTicket ticket) {
        waiting.leave(ticket);
        ticket.cancel();
    }

    /** Withdraws a job whose caller has gone, unless the job is known by its id. */
    public void abandon(DurableTicket ticket) {
        if (!ticket.isAskedFor() && !ticket.outlives()) {
            LOG.infof("job %s: its caller has gone", ticket.id());
            cancel(ticket);
        }
    }

    /** Withdraws all jobs that wait, also those that a worker has taken while the GPU is busy; gives their number. */
    public int purge() {
        List<DurableTicket> all = register.all().stream()
                .filter(ticket -> ticket.status() == Status.IN_QUEUE)
                .toList();
        all.forEach(this::cancel);
        return all.size();
    }

    /** Keeps the answer of a job that has ended so many milliseconds longer, if that is shorter than otherwise. */
    public void keep(DurableTicket ticket, long milliseconds) {
        long now = clock.millis();
        ticket.keepUntil(now + Math.min(milliseconds, settings.kept().toMillis()));
    }

    /** Has a job that failed done again, under the same id and with the same input. */
    public DurableTicket retry(DurableTicket failed) {
        DurableTicket ticket = retries.again(failed, sequence.incrementAndGet(), opened());
        counts.retried();
        return ticket;
    }

    @Override
    public Optional<Ticket> take() throws InterruptedException {
        takers.incrementAndGet();
        while (!stopped) {
            DurableTicket ticket = waiting.next(LOOK_AGAIN_MILLISECONDS);
            if (ticket != null && ticket.take()) {
                return Optional.of(ticket);
            }
        }
        return Optional.empty();
    }

    /** What {@code /health} says. */
    public Counts.Health health() {
        return counts.health(register.all(), takers.get() > 0 && !stopped);
    }

    /** How many jobs wait for the GPU, also those whose images are being fetched. */
    public int depth() {
        return Math.toIntExact(health().jobs().inQueue());
    }

    /** Accepts nothing more and lets {@link #take} come to an end. What waits and was written down is done when the worker starts again. */
    public void stop() {
        stopped = true;
        waiting.all().forEach(this::letGo);
    }

    private void letGo(DurableTicket ticket) {
        if (!waiting.leave(ticket)) {
            return;
        }
        if (ticket.outlives()) {
            ticket.settle();
        } else {
            ticket.failed(new JobException(JobException.Code.CANCELLED, "the worker is stopping", null));
        }
    }

    /** True once {@link #stop} was called. */
    public boolean isStopped() {
        return stopped;
    }

    /** Lets go of the store, when all jobs that were taken have ended. */
    public void close() {
        stop();
        submissions.end();
        webhooks.stop();
        housekeeping.stop();
        QueueContext opened = office;
        if (opened != null) {
            opened.store().close();
        }
    }

    private QueueContext opened() {
        QueueContext opened = office;
        if (stopped || opened == null) {
            throw new QueueException(QueueException.Kind.UNAVAILABLE, stopped ? "the worker is stopping" : "the worker is starting");
        }
        return opened;
    }

    private void ended(DurableTicket ticket) {
        counts.ended(ticket.status());
        tellWebhook(ticket);
    }

    private void tellWebhook(DurableTicket ticket) {
        JobRecord job = ticket.record();
        URI receiver = job.webhook();
        if (job.webhookDue() && receiver != null) {
            webhooks.tell(job.id(), receiver, ticket::body, ticket::webhookTold);
        }
    }

    /** Ends what took too long, and forgets what was kept long enough. */
    void sweep() {
        housekeeping.sweep();
    }
}
