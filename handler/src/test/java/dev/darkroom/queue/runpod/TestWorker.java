package dev.darkroom.queue.runpod;

import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.Ticket;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A worker that takes jobs from a {@link StandInPlatform} as the real one does, three at a time, but has no GPU. */
final class TestWorker implements AutoCloseable {
    static final String INPUT = "{\"prompt\": \"a red circle\"}";
    static final List<Duration> PING_RETRIES = List.of(Duration.ZERO, millis(20), millis(40));

    /** Longer than a busy machine stands still: a test that waits for it to pass has failed. */
    static final Duration LONG = Duration.ofSeconds(90);

    /** Tells what comes at once from what comes after {@link #LONG}, also on a machine that stands still for a while. */
    static final Duration AT_ONCE = Duration.ofSeconds(20);

    /** What is done about a job. */
    interface Work {
        JobResult on(Ticket ticket, Job job) throws InterruptedException;
    }

    private static final int THREADS = 3;

    final StandInPlatform platform = StandInPlatform.start(LONG);
    final RunPodSource source;
    final Heartbeat heartbeat;
    private final Vertx vertx = Vertx.vertx();
    private List<Thread> threads = List.of();

    TestWorker() {
        this(Map.of());
    }

    /** @param settings of {@link RunPodSettings}, by name */
    TestWorker(Map<String, String> settings) {
        this(settings, UnaryOperator.identity(), patient());
    }

    TestWorker(Timeouts timeouts) {
        this(Map.of(), UnaryOperator.identity(), timeouts);
    }

    /** @param variables what becomes of those that the platform puts into the environment */
    TestWorker(Map<String, String> settings, UnaryOperator<Map<String, String>> variables) {
        this(settings, variables, patient());
    }

    private TestWorker(Map<String, String> settings, UnaryOperator<Map<String, String>> variables, Timeouts timeouts) {
        RunPodEnvironment environment =
                RunPodEnvironment.from(variables.apply(platform.environment())).orElseThrow();
        RunPodSettings known = settings(settings);
        heartbeat = Heartbeat.start(environment, known.product(), millis(100), PING_RETRIES);
        source = RunPodSource.start(environment, known, reader(), vertx, heartbeat, timeouts);
    }

    /** All waits a hundred times as short as usual, but what is sent has all the time for its answer. */
    private static Timeouts patient() {
        return impatient(LONG);
    }

    /**
     * All waits a hundred times as short as usual.
     *
     * @param answers time that a poll or a post may stay unanswered: for tests of a platform that does not answer
     */
    static Timeouts impatient(Duration answers) {
        return pace(answers, millis(8), millis(400), millis(20));
    }

    static Timeouts pace(Duration answers, Duration asleep, Duration throttled, Duration firstBackOff) {
        return new Timeouts(
                answers,
                millis(2),
                asleep,
                throttled,
                firstBackOff,
                millis(150),
                millis(300),
                answers,
                answers,
                List.of(millis(10), millis(20), millis(40)),
                PING_RETRIES);
    }

    static PayloadReader reader() {
        return new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
    }

    static RunPodSettings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(Map.of("progress-every", "30ms", "post-for", "200ms"));
        all.putAll(values);
        Map<String, String> named = new HashMap<>();
        all.forEach((name, value) -> named.put("test." + name, value));
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(RunPodSettings.class, "test")
                .withDefaultValues(named)
                .build()
                .getConfigMapping(RunPodSettings.class, "test");
    }

    static Duration millis(long milliseconds) {
        return Duration.ofMillis(milliseconds);
    }

    /** Begins to take jobs, and completes each with one picture. */
    TestWorker work() {
        return work((ticket, job) -> result(job));
    }

    TestWorker work(Work work) {
        threads = Stream.generate(() -> Thread.ofVirtual().unstarted(() -> take(work)))
                .limit(THREADS)
                .toList();
        threads.forEach(Thread::start);
        return this;
    }

    private void take(Work work) {
        try {
            for (Optional<Ticket> ticket = source.take(); ticket.isPresent(); ticket = source.take()) {
                work(ticket.get(), work);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void work(Ticket ticket, Work work) throws InterruptedException {
        try {
            ticket.completed(work.on(ticket, ticket.job()));
        } catch (JobException e) {
            ticket.failed(e);
        }
    }

    /** Waits until no more jobs are taken and those that were are done. */
    void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.join(Eventually.NEVER)) {
                throw new AssertionError("a worker's thread does not end");
            }
        }
    }

    /** Waits until the worker holds at most so many jobs. */
    void awaitJobs(int most) throws InterruptedException {
        Eventually.await(() -> "at most " + most + " jobs are held, not " + source.jobs(), () -> source.jobs() <= most);
    }

    /** A job as if it had come from somewhere else. */
    static Job job() {
        return reader().job(JobJson.request("{\"input\": " + INPUT + "}"));
    }

    /** One picture at an address. */
    static JobResult result(Job job) {
        return result(job, image(job, 0));
    }

    static JobResult result(Job job, JobResult.Image... images) {
        return new JobResult(
                List.of(images),
                List.of(),
                job.samples().getFirst().seed(),
                Map.of("denoise", 7L),
                "pocket",
                null,
                List.of());
    }

    static JobResult.Image image(Job job, int index) {
        URI url = URI.create("https://pictures.test/" + index + ".png");
        return image(job, index, new Stored.At(url), 1_000);
    }

    /** A picture inside the answer. */
    static JobResult.Image inline(Job job, int index, int bytes) {
        return image(job, index, new Stored.Inline(new byte[bytes]), bytes);
    }

    private static JobResult.Image image(Job job, int index, Stored stored, int bytes) {
        Sample sample = job.samples().get(index);
        return new JobResult.Image(sample, stored, ImageFormat.PNG, new Size(512, 512), bytes, List.of());
    }

    @Override
    public void close() throws InterruptedException {
        source.stop();
        threads.forEach(Thread::interrupt);
        awaitEnd();
        source.close();
        heartbeat.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        platform.close();
    }
}
