package dev.darkroom.queue.runpod;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Ticket;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Jobs pulled from RunPod's serverless queue. While the GPU does one job, at most one other waits here; those that are only being
 * stored or posted do not count.
 */
public final class RunPodSource implements JobSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RunPodSource.class);

    private static final long PICTURES_BYTES = 256L << 20;

    private final RunPodClient client;
    private final HeldJobs held;
    private final JobPoll poll;
    private final Thread stops;

    private RunPodSource(
            RunPodEnvironment environment,
            RunPodSettings settings,
            PayloadReader reader,
            Vertx vertx,
            Timeouts timeouts) {
        this.client = new RunPodClient(vertx, environment.key(), settings.product());
        this.held = new HeldJobs(settings.prefetch() ? 2 : 1);
        RunPodUrls urls = environment.urls();
        var context = new PullContext(
                environment,
                settings,
                reader,
                held,
                new ResultPoster(client, urls, settings, timeouts),
                new Replacement(settings, held, this::stop),
                new MemoryBudget(PICTURES_BYTES));
        this.poll = new JobPoll(client, urls, context, timeouts);
        this.stops = Thread.ofVirtual()
                .name("runpod stops")
                .unstarted(() -> urls.stop().ifPresent(url -> new StopChannel(client, url, held, timeouts).run()));
    }

    /**
     * Begins to ask for jobs as soon as somebody takes them.
     *
     * @param heartbeat is told which jobs this source holds
     */
    public static RunPodSource start(
            RunPodEnvironment environment,
            RunPodSettings settings,
            PayloadReader reader,
            Vertx vertx,
            Heartbeat heartbeat) {
        return start(environment, settings, reader, vertx, heartbeat, Timeouts.STANDARD);
    }

    static RunPodSource start(
            RunPodEnvironment environment,
            RunPodSettings settings,
            PayloadReader reader,
            Vertx vertx,
            Heartbeat heartbeat,
            Timeouts timeouts) {
        var source = new RunPodSource(environment, settings, reader, vertx, timeouts);
        heartbeat.follow(source.held::ids);
        source.stops.start();
        Thread.ofVirtual().name("runpod jobs").start(source.poll::run);
        LOG.infof("taking jobs from RunPod as %s", environment);
        return source;
    }

    @Override
    public Optional<Ticket> take() throws InterruptedException {
        return held.next().map(ticket -> ticket);
    }

    /**
     * Asks for no more jobs: a poll that waits for one ends at once, and {@link #take} comes to an end when those that are there are
     * taken. Running jobs go on, and can still be stopped by the platform.
     */
    public void stop() {
        poll.stop();
    }

    /** True once no more jobs are asked for: {@link #stop} was called, or the worker is to be replaced. */
    public boolean isStopped() {
        return held.isClosing();
    }

    /** How many jobs were taken and not yet answered. */
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
        stops.interrupt();
        client.close();
    }
}
