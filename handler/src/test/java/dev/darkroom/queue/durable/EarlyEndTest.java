package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.durable.disk.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Animations that are cancelled, and are to end with what they have by then. */
class EarlyEndTest {
    private static final byte[] KEEPING =
            "{\"input\": {\"type\": \"animation\", \"prompt\": \"a\", \"keep_on_cancel\": true}}"
                    .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("jobs");
    }

    private static Ticket begun(Desk desk) throws InterruptedException {
        Ticket ticket = desk.take();
        assertThat(ticket.job().samples()).hasSize(1);
        ticket.started();
        ticket.report(1, 4);
        return ticket;
    }

    private static void assertCancelled(Ticket ticket) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(ticket::checkCancelled)
                .matches(e -> e.code() == JobException.Code.CANCELLED);
    }

    @Test
    void itEndsAsCancelledWithAnOutputOnceThatIsThere() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.queue.submit(KEEPING, false);
            Ticket ticket = begun(desk);
            assertThat(ticket.endsEarly()).as("nobody has cancelled it").isFalse();

            desk.queue.cancel(job);
            assertThat(job.status()).isEqualTo(Status.IN_PROGRESS);
            assertCancelled(ticket);
            assertThat(ticket.endsEarly()).isTrue();
            ticket.checkCancelled();
            ticket.completed(Desk.result());

            assertThat(Desk.body(job).path("status").asText()).isEqualTo("CANCELLED");
            assertThat(Desk.body(job).at("/output/images/0/url").asText()).isEqualTo("http://localhost/a.png");
            assertThat(Desk.body(job).has("error")).isFalse();
            assertThat(desk.outcomes).containsExactly("CANCELLED");
        }
    }

    @Test
    void cancelledAgainItEndsAtOnce() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.queue.submit(KEEPING, false);
            Ticket ticket = begun(desk);
            desk.queue.cancel(job);
            assertThat(ticket.endsEarly()).isTrue();

            desk.queue.cancel(job);

            assertThat(job.status()).isEqualTo(Status.CANCELLED);
            assertCancelled(ticket);
            assertThat(ticket.endsEarly()).isFalse();
            ticket.completed(Desk.result());
            assertThat(Desk.body(job).has("output")).isFalse();
        }
    }

    @Test
    void withNothingToKeepItIsLikeAnyOther() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob waiting = desk.queue.submit(KEEPING, false);
            desk.queue.cancel(waiting);
            assertThat(waiting.status()).isEqualTo(Status.CANCELLED);

            DurableJob loading = desk.queue.submit(KEEPING, false);
            Ticket ticket = begun(desk);
            desk.queue.cancel(loading);
            ticket.failed(new JobException(JobException.Code.CANCELLED, "the job was cancelled", null));
            assertThat(Desk.body(loading).path("status").asText()).isEqualTo("CANCELLED");
            assertThat(Desk.body(loading).has("error")).isFalse();
        }
    }

    @Test
    void whatIsDrawnToItsEndIsNotThrownAway() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.queue.submit(KEEPING, false);
            Ticket ticket = begun(desk);
            ticket.drawn(ticket.job().samples().getFirst(), new Timings());

            desk.queue.cancel(job);
            ticket.checkCancelled();
            ticket.completed(Desk.result());

            assertThat(job.status()).isEqualTo(Status.COMPLETED);
        }
    }

    @Test
    void aCallerWhoHasGoneWantsNoFilm() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.queue.submit(KEEPING, true);
            Ticket ticket = begun(desk);

            desk.queue.abandon(job);

            assertThat(job.status()).isEqualTo(Status.CANCELLED);
            assertCancelled(ticket);
        }
    }

    @Test
    void afterACrashItIsNotDoneAgain() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.queue.submit(KEEPING, false);
            begun(desk);
            desk.queue.cancel(job);
            var tries = new AtomicInteger();
            Desk.until(() -> isWithdrawn(Desk.asIfKilled(folder, copy(tries.incrementAndGet()))));

            try (Desk again = Desk.open(copy(tries.get()))) {
                assertThat(again.queue.find(job.id()).status()).isEqualTo(Status.CANCELLED);
                assertThat(again.queue.health().jobs().inQueue()).isZero();
            }
        }
    }

    private Path copy(int number) {
        return temporary.resolve("copy" + number);
    }

    private static boolean isWithdrawn(Path copy) {
        try (JobStore store = JobStore.open(copy)) {
            return store.jobs().stream().anyMatch(JobRecord::withdrawn);
        }
    }
}
