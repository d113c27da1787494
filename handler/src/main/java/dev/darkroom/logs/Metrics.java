package dev.darkroom.logs;

import dev.darkroom.job.JobException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The worker's numbers, for Prometheus at {@code /q/metrics}. */
@ApplicationScoped
public class Metrics {
    private final MeterRegistry registry;

    Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The times of a job's phases, in milliseconds. */
    public void phases(Map<String, Long> timings) {
        timings.forEach((phase, milliseconds) -> Timer.builder("darkroom.phase")
                .description("time that jobs spend in their phases")
                .tag("phase", phase)
                .register(registry)
                .record(milliseconds, TimeUnit.MILLISECONDS));
    }

    /** {@code darkroom_jobs_total} with the reason as its outcome, or {@code outcome="completed"} if there is none. */
    public void ended(JobException.@Nullable Code reason) {
        Counter.builder("darkroom.jobs")
                .description("jobs that ended")
                .tag("outcome", reason == null ? "completed" : reason.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /** A number that is read when it is asked for, such as {@code darkroom.queue.depth}. */
    public void gauge(String name, String description, DoubleSupplier value) {
        io.micrometer.core.instrument.Gauge.builder(name, value::getAsDouble)
                .description(description)
                .register(registry);
    }
}
