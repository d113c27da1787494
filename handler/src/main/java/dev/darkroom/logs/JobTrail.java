package dev.darkroom.logs;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.JobEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Notes what happens to a job while a worker does it, for the time when it has ended. Safe for several threads. */
public final class JobTrail implements JobListener, AutoCloseable {
    private final Consumer<JobTrail> forget;
    private final Instant taken;
    private final Map<String, Long> phases = new LinkedHashMap<>();
    private @Nullable String model;
    private @Nullable Size size;
    private int asked;
    private int pictures;
    private int steps;

    /** @param forget is told when the worker has done with the job */
    JobTrail(Consumer<JobTrail> forget, Instant taken) {
        this.forget = forget;
        this.taken = taken;
    }

    @Override
    public synchronized void read(Job job) {
        model = job.envelope().model();
        asked = job.samples().size();
    }

    @Override
    public synchronized void fetched(Timings timings) {
        add(timings.milliseconds());
    }

    @Override
    public synchronized void report(int step, int all) {
        steps = Math.max(steps, step);
    }

    @Override
    public synchronized void drawn(Sample sample, Timings timings) {
        add(timings.milliseconds());
    }

    @Override
    public synchronized void stored(JobResult.Image image) {
        pictures++;
        if (size == null) {
            size = image.size();
        }
    }

    @Override
    public synchronized void completed(JobResult result) {
        model = result.model();
        pictures = result.images().size();
        size = result.images().getFirst().size();
        phases.clear();
        add(result.timings());
    }

    private void add(Map<String, Long> times) {
        times.forEach((phase, time) -> phases.merge(phase, time, Long::sum));
    }

    /** Sums up the job. A failure's phases are those that were over, a cancelled job's too. */
    synchronized EndedJob end(JobEnd end, Instant now) {
        return new EndedJob(
                end.id(),
                end.reason(),
                model,
                end.accepted(),
                taken,
                now,
                asked,
                end.reason() == null ? pictures : 0,
                size,
                steps,
                withWait(end.accepted(), taken, phases),
                end.trace());
    }

    /** Sums up a job that ended without a worker. */
    static EndedJob untaken(JobEnd end, Instant now) {
        return new EndedJob(
                end.id(),
                end.reason(),
                null,
                end.accepted(),
                null,
                now,
                0,
                0,
                null,
                0,
                withWait(end.accepted(), now, Map.of()),
                end.trace());
    }

    private static Map<String, Long> withWait(Instant accepted, Instant until, Map<String, Long> phases) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put(EndedJob.WAIT, Math.max(0, Duration.between(accepted, until).toMillis()));
        all.putAll(phases);
        return all;
    }

    @Override
    public void close() {
        forget.accept(this);
    }
}
