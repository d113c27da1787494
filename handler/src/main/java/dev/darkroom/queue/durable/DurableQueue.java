package dev.darkroom.queue.durable;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.durable.disk.Status;
import dev.darkroom.queue.durable.disk.Submission;
import dev.darkroom.queue.durable.disk.WebhookNews;
import dev.darkroom.queue.webhook.Delivery;
import dev.darkroom.queue.webhook.WebhookEvent;
import dev.darkroom.queue.webhook.Webhooks;
import dev.darkroom.snapshot.Randomness;
import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Wake;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of jobs. Jobs whose callers got an id are persisted and done even if the process dies; jobs whose callers wait for the
 * result end with the process. Safe for several threads.
 */
@ApplicationScoped
public class DurableQueue implements JobSource {
    private static final Logger LOG = Logger.getLogger(DurableQueue.class);
    private static final long LOOK_AGAIN_MILLISECONDS = 100;
    private static final long PICTURES_BYTES = 64L << 20;
    private static final long ANSWERS_BYTES = 64L << 20;
    private static final long INPUTS_BYTES = 64L << 20;
    private static final int MOST_ATTEMPTS = 3;

    /** How often a job is taken at most: one that is always there when the process dies may kill it before the GPU begins. */
    private static final int MOST_TAKES = 10;

    private final PayloadReader reader;
    private final QueueSettings settings;
    private final Webhooks webhooks;
    private final Clock clock;
    private final WaitingJobs waiting;
    private final JobRegistry registry;
    private final AtomicLong sequence = new AtomicLong();
    private final Counts counts = new Counts();
    private final AtomicInteger takers = new AtomicInteger();
    private final Housekeeping housekeeping;
    private final Retries retries;
    private final Admission admission;
    private final SubmitGate gate = new SubmitGate();
    private final Submissions submissions = new Submissions(this::findByKey);
    private volatile @Nullable QueueContext context;
    private volatile JobEndListener endListener = end -> {};
    private volatile boolean stopped;
    private volatile String worker = "";
    private volatile Restored.Registration restores = () -> {};

    @Inject
    DurableQueue(PayloadReader reader, QueueSettings settings, Webhooks webhooks) {
        this(reader, settings, webhooks, Clock.systemUTC());
    }

    DurableQueue(PayloadReader reader, QueueSettings settings, Webhooks webhooks, Clock clock) {
        this.reader = reader;
        this.settings = settings;
        this.webhooks = webhooks;
        this.clock = clock;
        this.waiting = new WaitingJobs(settings.capacity(), settings.mostBytes().asLongValue());
        this.registry =
                new JobRegistry(settings.mostKept(), settings.mostKeptBytes().asLongValue());
        this.retries = new Retries(waiting, registry);
        this.admission = new Admission(settings, waiting, registry, sequence);
        this.housekeeping = new Housekeeping(waiting, registry, clock);
    }

    /**
     * Opens the queue for jobs. Those of the store that have not ended wait again, in their order; the others can be asked for.
     *
     * @param listener hears how every job ends from now on
     */
    public void open(JobStore store, JobEndListener listener) {
        name();
        endListener = listener;
        var opened = new QueueContext(
                store,
                reader,
                clock,
                () -> worker,
                settings.kept().toMillis(),
                new QueueContext.Memory(
                        new MemoryBudget(PICTURES_BYTES),
                        new MemoryBudget(ANSWERS_BYTES),
                        new MemoryBudget(INPUTS_BYTES)),
                housekeeping::later,
                this::happened);
        for (JobRecord job : store.jobs()) {
            sequence.accumulateAndGet(job.sequence(), Math::max);
            restore(job, opened);
        }
        context = opened;
        restores = Restored.listen("times of jobs", this::restored);
        housekeeping.begin(store);
    }

    private void name() {
        worker = settings.workerId()
                .orElseGet(() -> "darkroom-"
                        + HexFormat.of().toHexDigits(Randomness.plain().nextInt()));
    }

    /** Counts no job the time in which nobody could work on it; a copy without a given name takes another one. */
    private void restored(Wake wake) {
        registry.all().forEach(job -> job.life().slept(wake.wall(), clock.millis()));
        if (wake.mayBeCopy()) {
            name();
        }
    }

    private void restore(JobRecord job, QueueContext opened) {
        if (job.status().isFinal()) {
            DurableJob ended = DurableJob.stored(job, opened);
            registry.add(ended);
            callWebhook(ended);
            return;
        }
        DurableJob again = DurableJob.stored(job.waitingAgain(), opened);
        registry.add(again);
        if (job.withdrawn()) {
            again.drop();
        } else if (job.attempts() >= MOST_ATTEMPTS || job.takes() >= MOST_TAKES) {
            String deaths = job.attempts() >= MOST_ATTEMPTS
                    ? "the worker died " + job.attempts() + " times while doing this job"
                    : "the worker died or stopped " + job.takes()
                            + " times after it had taken this job, before the GPU was done";
            LOG.errorf("job %s has failed: %s", job.id(), deaths);
            again.fail(new JobException(JobException.Code.INTERNAL, deaths, null));
        } else {
            LOG.infof("job %s waits again", job.id());
            waiting.reserveAnyway(job.bytes());
            waiting.enter(again);
        }
    }

    /**
     * Accepts a job; one with a faulty payload has failed at once.
     *
     * @param sync true if its caller waits for the result
     * @throws JobException if the body is no request
     * @throws QueueException if too many jobs wait already, or the worker cannot take any
     */
    public DurableJob submit(byte[] body, boolean sync) {
        return submit(body, sync, null);
    }

    /**
     * Accepts a job as {@link #submit(byte[], boolean)} does; under a key that has come before, returns the job of then, as long as it can
     * be asked for. A job with a key is persisted, even if its caller waits.
     *
     * @throws QueueException also if the key has come with another body
     */
    public DurableJob submit(byte[] body, boolean sync, @Nullable IdempotencyKey key) {
        return gate.submit(() -> {
            QueueContext opened = opened();
            if (key == null) {
                return accept(body, sync, null, opened);
            }
            Submission submission = key.of(body);
            return submissions.once(submission, () -> accept(body, sync, submission, opened));
        });
    }

    private DurableJob accept(byte[] body, boolean sync, @Nullable Submission submission, QueueContext opened) {
        DurableJob job = admission.accept(body, sync, submission, opened);
        if (stopped) {
            letGo(job);
        }
        return job;
    }

    private Optional<DurableJob> findByKey(String key) {
        return registry.findByKey(key).filter(this::isFound);
    }

    private boolean isFound(DurableJob job) {
        long now = clock.millis();
        return !job.record().isForgettable(now) && !job.record().isExpired(now);
    }

    /**
     * Finds a job that was accepted and is not forgotten yet.
     *
     * @throws QueueException if there is none with that id
     */
    public DurableJob find(String id) {
        DurableJob job = registry.find(id).filter(this::isFound).orElseThrow(() -> QueueException.notFound(id));
        job.life().noteIdKnown();
        return job;
    }

    /** Cancels a job; if it waits, its place is free again. One that is to end with what it has so far goes on until that is stored. */
    public void cancel(DurableJob job) {
        waiting.leave(job);
        job.cancel();
    }

    /** Cancels a job whose caller has gone, unless the job is persisted or somebody has asked for it by its id. */
    public void abandon(DurableJob job) {
        if (job.life().persistence() instanceof Persistence.InMemory inMemory && !inMemory.idKnown()) {
            LOG.infof("job %s: its caller has gone", job.id());
            waiting.leave(job);
            job.drop();
        }
    }

    /**
     * Cancels all jobs that wait, also those that a worker has taken while the GPU is busy.
     *
     * @return how many
     */
    public int purge() {
        List<DurableJob> all = registry.all().stream()
                .filter(job -> job.status() == Status.IN_QUEUE)
                .toList();
        all.forEach(this::cancel);
        return all.size();
    }

    /** Forgets an ended job so many milliseconds from now, if that is sooner than otherwise. */
    public void keep(DurableJob job, long milliseconds) {
        long until = clock.millis() + Math.min(milliseconds, settings.kept().toMillis());
        job.life().amend(record -> record.keptUntil(until));
    }

    /**
     * Retries a job that did not end well, under the same id and with the same input.
     *
     * @throws QueueException if the job ended well, its input is not kept, or the queue is full
     */
    public DurableJob retry(DurableJob failed) {
        DurableJob job = retries.again(failed, sequence.incrementAndGet(), opened());
        counts.retried();
        return job;
    }

    @Override
    public Optional<Ticket> take() throws InterruptedException {
        takers.incrementAndGet();
        while (!stopped) {
            DurableJob job = waiting.next(LOOK_AGAIN_MILLISECONDS);
            if (job != null && job.life().take()) {
                return Optional.of(new DurableTicket(job, clock));
            }
        }
        return Optional.empty();
    }

    /** Counts jobs and workers. */
    public Counts.Health health() {
        return counts.health(registry.all(), takers.get() > 0 && !stopped);
    }

    /** Counts the jobs that wait for the GPU, also those whose images are being fetched. */
    public int depth() {
        return Math.toIntExact(health().jobs().inQueue());
    }

    /**
     * Stops the queue: it accepts nothing more and {@link #take} comes to an end. Persisted jobs that wait are done when the worker starts
     * again.
     */
    public void stop() {
        stopped = true;
        waiting.all().forEach(this::letGo);
    }

    private void letGo(DurableJob job) {
        if (!waiting.leave(job)) {
            return;
        }
        if (job.outlivesProcess()) {
            job.stop();
        } else {
            job.fail(new JobException(JobException.Code.CANCELLED, "the worker is stopping", null));
        }
    }

    /** Returns true once {@link #stop} was called. */
    public boolean isStopped() {
        return stopped;
    }

    /** Closes the store, when all jobs that were taken have ended. */
    public void close() {
        stop();
        restores.close();
        gate.end();
        webhooks.stop();
        housekeeping.stop();
        QueueContext opened = context;
        if (opened != null) {
            opened.store().close();
        }
    }

    private QueueContext opened() {
        QueueContext opened = context;
        if (stopped || opened == null) {
            throw new QueueException(
                    QueueException.Kind.UNAVAILABLE, stopped ? "the worker is stopping" : "the worker is starting");
        }
        return opened;
    }

    /** Hears every event of every job. */
    private void happened(DurableJob job, JobEvent event) {
        switch (event) {
            case JobEvent.Completed completed -> ended(job, null);
            case JobEvent.Failed failed -> ended(job, failed.code());
            case JobEvent.Queued queued -> {}
            case JobEvent.Started started -> {}
            case JobEvent.Progress progress -> {}
            case JobEvent.Preview preview -> {}
            case JobEvent.PictureStored picture -> {}
            case JobEvent.Restored restored -> {}
            case JobEvent.Stopped unused -> {}
        }
    }

    private void ended(DurableJob job, JobException.@Nullable Code reason) {
        endListener.ended(job.end(reason));
        counts.ended(job.status());
        callWebhook(job);
    }

    private void callWebhook(DurableJob job) {
        JobRecord record = job.record();
        URI receiver = record.webhook();
        if (record.webhookDue() && receiver != null) {
            var event = new WebhookEvent(job.id(), record.retries(), receiver);
            webhooks.tell(event, job::answer, delivery -> told(job, delivery));
        }
    }

    private static void told(DurableJob job, Delivery delivery) {
        var news = new WebhookNews(delivery.state().name().toLowerCase(Locale.ROOT), delivery.tries(), delivery.last());
        job.life().amend(record -> record.webhookTold(news));
    }

    /** Returns how many bytes of read requests could still be kept in memory for workers. */
    long inputBytesLeft() {
        return opened().memory().inputs().left();
    }

    /** Ends jobs that took too long, and evicts those that were kept long enough. */
    void sweep() {
        housekeeping.sweep();
    }
}
