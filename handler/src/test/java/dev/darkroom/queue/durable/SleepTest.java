package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.Status;
import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Wake;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of a process that was frozen or restored: none is late for the time in which nobody could work on it. */
class SleepTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    @Test
    void aRunningJobIsNotOvertimeForAnHourOfSleepButForItsOwnTime() throws InterruptedException {
        try (var desk = Desk.open(folder)) {
            DurableJob job = desk.submit("a", "'policy': {'executionTimeout': 5000}", false);
            Ticket ticket = desk.take();
            ticket.started();
            desk.clock.pass(Duration.ofSeconds(3));

            desk.clock.pass(HOUR);
            Restored.happened(new Wake(Wake.Cause.CLOCKS, HOUR, HOUR));
            desk.queue.sweep();
            assertThat(job.status()).isEqualTo(Status.IN_PROGRESS);
            assertThat(Desk.body(job).path("executionTime").asLong()).isEqualTo(3_000);

            desk.clock.pass(Duration.ofSeconds(3));
            desk.queue.sweep();
            assertThat(job.status()).isEqualTo(Status.TIMED_OUT);
        }
    }

    @Test
    void aClockThatIsSetBackMakesNoTimeNegative() throws InterruptedException {
        try (var desk = Desk.open(folder)) {
            DurableJob job = desk.run("a");
            desk.take().started();
            desk.clock.pass(HOUR.negated());
            Restored.happened(new Wake(Wake.Cause.CLOCKS, Duration.ZERO, HOUR.negated()));

            assertThat(Desk.body(job).path("executionTime").asLong()).isZero();
            assertThat(Desk.body(job).path("delayTime").asLong()).isNotNegative();
        }
    }

    @Test
    void aCopyTakesAnotherNameUnlessItWasGivenOne() throws InterruptedException {
        try (var desk = Desk.open(folder.resolve("a"));
                var named = Desk.open(folder.resolve("b"), "worker-id=given")) {
            DurableJob job = begun(desk);
            DurableJob ofNamed = begun(named);
            String before = Desk.body(job).path("workerId").asText();
            assertThat(before).startsWith("darkroom-");

            Restored.happened(new Wake(Wake.Cause.CLOCKS, HOUR, HOUR));
            assertThat(Desk.body(job).path("workerId").asText()).isEqualTo(before);
            Restored.happened(new Wake(Wake.Cause.SIGNAL, HOUR, HOUR));
            assertThat(Desk.body(job).path("workerId").asText())
                    .startsWith("darkroom-")
                    .isNotEqualTo(before);
            assertThat(Desk.body(ofNamed).path("workerId").asText()).isEqualTo("given");
        }
    }

    private static DurableJob begun(Desk desk) throws InterruptedException {
        DurableJob job = desk.run("a");
        desk.take().started();
        return job;
    }
}
