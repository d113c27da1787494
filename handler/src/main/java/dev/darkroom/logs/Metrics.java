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

/** The worker's numbers, for Prometheus at {@code /q/metrics}. */
@ApplicationScoped
public class Metrics {
    private final MeterRegistry registry;

    Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** {@code darkroom_jobs_total{outcome="completed"}} and the times of the job's phases. */
    public void completed(Map<String, Long> timings) {
        count("completed");
        timings.forEach((phase, milliseconds) -> Timer.builder("darkroom.phase")
                .description("time that jobs spend in their phases")
                .tag("phase", phase)
                .register(registry)
                .record(milliseconds, TimeUnit.MILLISECONDS));
    }

    /** {@code darkroom_jobs_total} with the reason as its outcome. */
    public void failed(JobException reason) {
        count(reason.code().name().toLowerCase(Locale.ROOT));
    }

    /** A number that is read when it is asked for, such as {@code darkroom.queue.depth}. */
    public void gauge(String name, String description, DoubleSupplier value) {
        io.micrometer.core.instrument.Gauge.builder(name, value::getAsDouble)
                .description(description)
                .register(registry);
    }

    private void count(String outcome) {
        Counter.builder("darkroom.jobs")
                .description("jobs that ended")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }
}
