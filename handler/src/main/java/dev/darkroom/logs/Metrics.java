package dev.darkroom.logs;

import dev.darkroom.job.JobException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The worker's metrics, for Prometheus at {@code /q/metrics}. */
@ApplicationScoped
public class Metrics {
    private final MeterRegistry registry;

    public Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Records the times of a job's phases, in milliseconds, as {@code darkroom.phase}. */
    public void phases(Map<String, Long> timings) {
        timings.forEach((phase, milliseconds) -> Timer.builder("darkroom.phase")
                .description("time that jobs spend in their phases")
                .tag("phase", phase)
                .register(registry)
                .record(milliseconds, TimeUnit.MILLISECONDS));
    }

    /** Counts a job in {@code darkroom_jobs_total} with the reason as its outcome, or {@code completed} if there is none. */
    public void ended(JobException.@Nullable Code reason) {
        Counter.builder("darkroom.jobs")
                .description("jobs that ended")
                .tag("outcome", reason == null ? "completed" : reason.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /** Records what the start took, in milliseconds by phase, as {@code darkroom.start.seconds}. */
    public void started(Map<String, Long> phases) {
        phases.forEach((phase, milliseconds) -> io.micrometer.core.instrument.Gauge.builder(
                        "darkroom.start.seconds", () -> milliseconds / 1e3)
                .description("time that the worker took to start, by phase")
                .tag("phase", phase)
                .strongReference(true)
                .register(registry));
    }

    /** Registers a gauge, whose value is read at each scrape, such as {@code darkroom.queue.depth}. */
    public void gauge(String name, String description, DoubleSupplier value) {
        io.micrometer.core.instrument.Gauge.builder(name, value::getAsDouble)
                .description(description)
                .register(registry);
    }

    /** Registers a gauge for one of several things of a kind, such as {@code darkroom.memory.plan.peak.bytes} of a model. */
    public void gauge(String name, String description, String kind, String which, DoubleSupplier value) {
        io.micrometer.core.instrument.Gauge.builder(name, value::getAsDouble)
                .description(description)
                .tag(kind, which)
                .register(registry);
    }

    // the registry holds what it reads a count from weakly, which a lambda would not outlive

    /** Registers a count that somebody else keeps, for each of several things of a kind; it only grows. */
    public void counted(String name, String description, String kind, String which, LongSupplier value) {
        FunctionCounter.builder(name, this, self -> value.getAsLong())
                .description(description)
                .tag(kind, which)
                .register(registry);
    }

    /** Registers a count that somebody else keeps; it only grows. */
    public void counted(String name, String description, LongSupplier value) {
        FunctionCounter.builder(name, this, self -> value.getAsLong())
                .description(description)
                .register(registry);
    }
}
