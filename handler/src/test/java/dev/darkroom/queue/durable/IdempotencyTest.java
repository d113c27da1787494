package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.Ticket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A submission that is sent again under its key is the same job. */
class IdempotencyTest {
    private static final IdempotencyKey KEY = new IdempotencyKey("order-17");
    private static final byte[] BODY = Desk.request("a", "");

    @TempDir
    Path folder;

    @Test
    void theSameKeyAndBodyAreOneJobHoweverItGoes() throws Exception {
        try (Desk desk = Desk.open(folder.resolve("jobs"))) {
            DurableJob job = desk.queue.submit(BODY, false, KEY);
            assertThat(desk.queue.submit(BODY, false, KEY)).isSameAs(job);
            Ticket ticket = desk.take();
            assertThat(desk.queue.submit(BODY, true, KEY)).isSameAs(job);
            ticket.started();
            assertThat(desk.queue.submit(BODY, false, KEY)).isSameAs(job);
            ticket.completed(Desk.result());

            assertThat(desk.queue.submit(BODY, true, KEY)).isSameAs(job);
            assertThat(Desk.body(desk.queue.submit(BODY, true, KEY))
                            .path("status")
                            .asText())
                    .isEqualTo("COMPLETED");
            assertThat(desk.queue.health().jobs().inQueue()).isZero();
        }
    }

    @Test
    void anotherBodyUnderTheKeyIsRefusedAndNothingIsDone() {
        try (Desk desk = Desk.open(folder.resolve("jobs"))) {
            desk.queue.submit(BODY, false, KEY);

            assertThatThrownBy(() -> desk.queue.submit(Desk.request("b", ""), false, KEY))
                    .isInstanceOfSatisfying(
                            QueueException.class, e -> assertThat(e.kind()).isEqualTo(QueueException.Kind.MISMATCH))
                    .hasMessageContaining("Idempotency-Key: order-17 ");
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(1);
            assertThat(desk.queue
                            .submit(Desk.request("b", ""), false, new IdempotencyKey("order-18"))
                            .id())
                    .isNotEmpty();
        }
    }

    @Test
    void submissionsAtTheSameTimeAreOneJob() throws Exception {
        try (Desk desk = Desk.open(folder.resolve("jobs"));
                ExecutorService callers = Executors.newFixedThreadPool(16)) {
            List<Future<String>> ids = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                boolean sync = i % 2 == 0;
                ids.add(callers.submit(() -> desk.queue.submit(BODY, sync, KEY).id()));
            }
            List<String> all = new ArrayList<>();
            for (Future<String> id : ids) {
                all.add(id.get());
            }

            assertThat(all.stream().collect(Collectors.toSet())).hasSize(1);
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theKeyOutlivesTheProcess(boolean sync) throws Exception {
        Path jobs = folder.resolve("jobs");
        String waiting;
        String done;
        try (Desk desk = Desk.open(jobs)) {
            done = desk.queue.submit(BODY, sync, KEY).id();
            desk.take().completed(Desk.result());
            waiting = desk.queue
                    .submit(BODY, sync, new IdempotencyKey("order-18"))
                    .id();
        }
        Path killed = Desk.asIfKilled(jobs, folder.resolve("copy"));
        try (Desk desk = Desk.open(killed)) {
            assertThat(desk.queue.submit(BODY, false, KEY).id()).isEqualTo(done);
            assertThat(desk.queue
                            .submit(BODY, true, new IdempotencyKey("order-18"))
                            .id())
                    .isEqualTo(waiting);
            assertThatThrownBy(() -> desk.queue.submit(Desk.request("b", ""), true, KEY))
                    .isInstanceOf(QueueException.class);
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(1);
        }
    }

    @Test
    void aCallerWhoHangsUpFindsTheJobAgain() throws Exception {
        try (Desk desk = Desk.open(folder.resolve("jobs"))) {
            DurableJob job = desk.queue.submit(BODY, true, KEY);
            desk.queue.abandon(job);

            assertThat(desk.queue.submit(BODY, true, KEY)).isSameAs(job);
            assertThat(desk.take().id()).isEqualTo(job.id());
        }
    }

    @Test
    void aRetriedJobKeepsItsKey() throws Exception {
        try (Desk desk = Desk.open(folder.resolve("jobs"))) {
            DurableJob job = desk.queue.submit(BODY, false, KEY);
            desk.take().failed(Desk.broken());
            desk.queue.retry(job);

            assertThat(desk.queue.submit(BODY, false, KEY).id()).isEqualTo(job.id());
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(1);
        }
    }

    @Test
    void whatIsRefusedDoesNotOccupyItsKey() {
        try (Desk desk = Desk.open(folder.resolve("jobs"), "capacity=1")) {
            byte[] faulty = "{\"input\": {\"promt\": \"a\"}}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThatThrownBy(() -> desk.queue.submit(new byte[] {'{'}, false, KEY))
                    .isInstanceOf(JobException.class);
            DurableJob refused = desk.queue.submit(faulty, false, KEY);
            assertThat(refused.refusal()).get().asString().contains("did you mean prompt?");
            assertThat(desk.queue.submit(faulty, false, KEY))
                    .as("what was refused for a reason that has passed is accepted the next time")
                    .isNotSameAs(refused);
            DurableJob other = desk.run("b");
            assertThatThrownBy(() -> desk.queue.submit(BODY, false, KEY))
                    .isInstanceOfSatisfying(
                            QueueException.class, e -> assertThat(e.kind()).isEqualTo(QueueException.Kind.FULL));
            desk.queue.cancel(other);

            DurableJob accepted = desk.queue.submit(BODY, false, KEY);
            assertThat(accepted.id()).isNotEqualTo(refused.id());
            assertThat(desk.queue.submit(BODY, false, KEY)).isSameAs(accepted);
        }
    }

    @Test
    void aForgottenJobGivesItsKeyBack() throws Exception {
        try (Desk desk = Desk.open(folder.resolve("jobs"))) {
            DurableJob job = desk.queue.submit(BODY, false, KEY);
            desk.take().completed(Desk.result());
            desk.clock.pass(Duration.ofHours(1));

            DurableJob next = desk.queue.submit(Desk.request("b", ""), false, KEY);
            assertThat(next.id()).isNotEqualTo(job.id());
            desk.queue.sweep();
            assertThat(desk.queue.submit(Desk.request("b", ""), false, KEY)).isSameAs(next);
        }
    }

    @Test
    void aKeyIsReadWithAndWithoutQuotes() {
        assertThat(IdempotencyKey.read(List.of())).isNull();
        assertThat(IdempotencyKey.read(List.of("\"order-17\""))).isEqualTo(KEY);
        assertThat(IdempotencyKey.read(List.of(" order-17 "))).isEqualTo(KEY);
        assertThat(IdempotencyKey.read(List.of("k".repeat(255)))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\"\"", "two words", "h\u00e4us", "tab\tbed", "\u0000"})
    void whatIsNoKeyIsRefused(String key) {
        assertThatThrownBy(() -> IdempotencyKey.read(List.of(key)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("Idempotency-Key: ");
        assertThatThrownBy(() -> IdempotencyKey.read(List.of("k".repeat(256))))
                .hasMessageContaining("at most 255 visible ASCII characters");
        assertThatThrownBy(() -> IdempotencyKey.read(List.of("a", "a"))).hasMessageContaining("send it once");
    }
}
