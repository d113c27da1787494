package dev.darkroom.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.JobException.Code;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is counted of jobs, under the names that Prometheus reads. */
class MetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Metrics metrics = new Metrics(registry);

    @Test
    void jobsAreCountedByHowTheyEnded() {
        metrics.ended(null);
        metrics.ended(null);
        metrics.ended(Code.BAD_INPUT);
        metrics.ended(Code.CANCELLED);

        assertThat(jobs("completed")).isEqualTo(2);
        assertThat(jobs("bad_input")).isEqualTo(1);
        assertThat(jobs("cancelled")).isEqualTo(1);
    }

    @Test
    void phasesOfCompletedJobsAreTimed() {
        metrics.phases(Map.of("denoise", 1200L, "queue", 0L));
        metrics.phases(Map.of("denoise", 800L));

        Timer denoise = registry.get("darkroom.phase").tag("phase", "denoise").timer();
        assertThat(denoise.count()).isEqualTo(2);
        assertThat(denoise.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2000);
        assertThat(denoise.max(TimeUnit.MILLISECONDS)).isEqualTo(1200);
        assertThat(registry.get("darkroom.phase").tag("phase", "queue").timer().count())
                .isEqualTo(1);
    }

    @Test
    void whatTheStartTookIsThereByPhase() {
        metrics.started(Map.of("framework", 540L, "weights", 210L));

        assertThat(registry.get("darkroom.start.seconds")
                        .tag("phase", "weights")
                        .gauge()
                        .value())
                .isEqualTo(0.21);
    }

    @Test
    void aGaugeIsReadWhenItIsAskedFor() {
        var waiting = new AtomicInteger(3);
        metrics.gauge("darkroom.queue.depth", "jobs that wait", waiting::get);
        waiting.set(5);

        assertThat(registry.get("darkroom.queue.depth").gauge().value()).isEqualTo(5);
    }

    private double jobs(String outcome) {
        return registry.get("darkroom.jobs").tag("outcome", outcome).counter().count();
    }
}
