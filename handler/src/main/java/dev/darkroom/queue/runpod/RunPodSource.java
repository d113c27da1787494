package dev.darkroom.queue.runpod;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Ticket;
import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Wake;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A source of jobs that are pulled from RunPod's serverless queue. While the GPU does one job, at most one other waits here; those that are
 * only being stored or posted do not count.
 */
public final class RunPodSource implements JobSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RunPodSource.class);

    private static final long PICTURES_BYTES = 256L << 20;

    private final RunPodClient client;
    private final HeldJobs held;
    private final JobPoll poll;
    private final Thread stops;
    private final Restored.Registration restores;
    private volatile String worker;

    private RunPodSource(
            RunPodIdentity identity, RunPodSettings settings, PayloadReader reader, Vertx vertx, Timeouts timeouts) {
        this.client = new RunPodClient(vertx, identity, settings.product(), timeouts);
        this.held = new HeldJobs(settings.prefetch() ? 2 : 1);
        var context = new PullContext(
                identity,
                settings,
                reader,
                held,
                new ResultPoster(client, identity, settings, timeouts),
                new Replacement(settings, held, this::stop),
                new MemoryBudget(PICTURES_BYTES));
        this.poll = new JobPoll(client, context, timeouts);
        this.stops = Thread.ofVirtual()
                .name("runpod stops")
                .unstarted(new StopChannel(client, identity, held, timeouts)::run);
        this.worker = identity.get().workerId();
        this.restores = Restored.listen("RunPod's polls and posts", wake -> restored(wake, identity));
    }

    /** Connects anew; as another worker than before, it lets go of that one's jobs, which the platform has given to others by now. */
    private void restored(Wake wake, RunPodIdentity identity) {
        String before = worker;
        identity.restored(wake);
        worker = identity.get().workerId();
        if (!worker.equals(before)) {
            held.all().forEach(ticket -> {
                LOG.warnf("job %s: was given to %s, and is not done here", ticket.id(), before);
                ticket.stop();
            });
        }
        client.reconnect();
    }

    /**
     * Starts to poll for jobs as soon as a worker takes them.
     *
     * @param heartbeat reports which jobs this source holds
     */
    public static RunPodSource start(
            RunPodIdentity identity, RunPodSettings settings, PayloadReader reader, Vertx vertx, Heartbeat heartbeat) {
        return start(identity, settings, reader, vertx, heartbeat, Timeouts.STANDARD);
    }

    static RunPodSource start(
            RunPodIdentity identity,
            RunPodSettings settings,
            PayloadReader reader,
            Vertx vertx,
            Heartbeat heartbeat,
            Timeouts timeouts) {
        var source = new RunPodSource(identity, settings, reader, vertx, timeouts);
        heartbeat.follow(source.held::ids);
        source.stops.start();
        Thread.ofVirtual().name("runpod jobs").start(source.poll::run);
        LOG.infof("taking jobs from RunPod as %s", identity.get());
        return source;
    }

    @Override
    public Optional<Ticket> take() throws InterruptedException {
        return held.next().map(ticket -> ticket);
    }

    /**
     * Stops polling for jobs: a poll that waits for one ends at once, and {@link #take} comes to an end when the jobs already here are
     * taken. Running jobs go on, and can still be stopped by the platform.
     */
    public void stop() {
        poll.stop();
    }

    /** Returns true once no more jobs are asked for: {@link #stop} was called, or the worker is to be replaced. */
    public boolean isStopped() {
        return held.isClosing();
    }

    /** Returns how many jobs were taken and not yet answered. */
    public int jobs() {
        return held.ids().size();
    }

    /**
     * Stops, answers jobs that nobody works on any more with an error, and waits until all answers are posted or given up. To be called
     * when the workers have ended: what a worker says later is not heard.
     */
    @Override
    public void close() throws InterruptedException {
        stop();
        held.awaitOver();
        held.all()
                .forEach(ticket -> ticket.failed(new JobException(
                        JobException.Code.INTERNAL, "the worker ended before it did the job: send it again", null)));
        held.awaitNone();
        restores.close();
        stops.interrupt();
        client.close();
    }
}
