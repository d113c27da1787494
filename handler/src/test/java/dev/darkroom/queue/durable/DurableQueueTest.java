package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Eventually;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.durable.disk.LastAnswer;
import dev.darkroom.queue.durable.disk.Policy;
import dev.darkroom.queue.durable.disk.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs from acceptance to oblivion, with and without a crash on the way. */
class DurableQueueTest {
    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("jobs");
    }

    @Test
    void aJobIsInTheQueueUntilTheGpuBeginsWithIt() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.run("a");
            desk.clock.pass(Duration.ofSeconds(2));
            Ticket taken = desk.take();
            assertThat(Desk.prompt(taken)).isEqualTo("a");
            assertThat(Desk.body(ticket).toString())
                    .isEqualTo("{\"id\":\"" + ticket.id() + "\",\"status\":\"IN_QUEUE\"}");

            desk.clock.pass(Duration.ofSeconds(3));
            taken.started();
            desk.clock.pass(Duration.ofSeconds(4));
            taken.report(1, 4);
            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("IN_PROGRESS");
            assertThat(Desk.body(ticket).at("/output/value").asInt()).isEqualTo(1);
            assertThat(Desk.body(ticket).path("delayTime").asLong()).isEqualTo(5_000);
            assertThat(Desk.body(ticket).path("executionTime").asLong()).isEqualTo(4_000);

            desk.clock.pass(Duration.ofSeconds(1));
            taken.completed(Desk.result());
            desk.clock.pass(Duration.ofSeconds(60));
            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("COMPLETED");
            assertThat(Desk.body(ticket).path("executionTime").asLong()).isEqualTo(5_000);
            assertThat(Desk.body(ticket).at("/output/images/0/url").asText()).isEqualTo("http://localhost/a.png");
            assertThat(Desk.body(ticket).path("workerId").asText()).startsWith("darkroom-");
        }
    }

    @Test
    void afterACrashJobsAreDoneInTheirOrderAndOnlyOnce() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob done = desk.run("done");
            desk.take().completed(Desk.result());
            DurableJob running = desk.run("running");
            DurableJob fetching = desk.run("fetching");
            DurableJob waiting = desk.run("waiting");
            DurableJob withdrawn = desk.run("withdrawn");
            desk.submit("nobody knows its id", "", true);
            desk.queue.cancel(withdrawn);
            Ticket first = desk.take();
            first.started();
            desk.take();
            Desk.until(() -> recorded(running.id()).equals(Status.IN_PROGRESS));

            try (Desk again = Desk.open(temporary.resolve("copy"))) {
                assertThat(Desk.body(again.queue.find(done.id()))).isEqualTo(Desk.body(done));
                assertThat(again.queue.find(withdrawn.id()).status()).isEqualTo(Status.CANCELLED);
                List<String> prompts = new ArrayList<>();
                for (DurableJob expected : List.of(running, fetching, waiting)) {
                    Ticket ticket = again.take();
                    assertThat(ticket.id()).isEqualTo(expected.id());
                    prompts.add(Desk.prompt(ticket));
                    ticket.completed(Desk.result());
                }
                assertThat(prompts).containsExactly("running", "fetching", "waiting");
                assertThat(again.queue.health().jobs().inQueue()).isZero();
                assertThat(Desk.body(again.queue.find(running.id()))
                                .path("retries")
                                .asInt())
                        .isEqualTo(1);
                assertThat(Desk.body(again.queue.find(waiting.id())).has("retries"))
                        .isFalse();
            }
        }
    }

    /** What the disk says of a job; leaves the copy it was read from. */
    private Status recorded(String id) {
        Path copy = temporary.resolve("copy");
        try (Stream<Path> old = Files.exists(copy) ? Files.walk(copy) : Stream.empty()) {
            for (Path file : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        try (JobStore store = JobStore.open(Desk.asIfKilled(folder, copy))) {
            return store.jobs().stream()
                    .filter(job -> job.id().equals(id))
                    .findFirst()
                    .orElseThrow()
                    .status();
        }
    }

    @Test
    void aJobThatKillsTheWorkerThreeTimesHasFailedAndItsNeighboursLive() throws InterruptedException {
        String poison;
        String neighbour;
        try (Desk desk = Desk.open(folder)) {
            poison = desk.run("poison").id();
            neighbour = desk.run("neighbour").id();
        }
        Path current = folder;
        for (int crash = 1; crash <= 3; crash++) {
            try (Desk desk = Desk.open(current)) {
                Ticket ticket = desk.take();
                assertThat(ticket.id()).isEqualTo(poison);
                ticket.started();
                desk.take();
                int attempts = crash;
                Path copy = temporary.resolve("crash-" + crash);
                Path from = current;
                Desk.until(() -> attempts(from, poison) == attempts);
                current = Desk.asIfKilled(from, copy);
            }
        }
        try (Desk desk = Desk.open(current)) {
            assertThat(Desk.body(desk.queue.find(poison)).path("status").asText())
                    .isEqualTo("FAILED");
            assertThat(Desk.body(desk.queue.find(poison)).path("error").asText())
                    .isEqualTo("the worker died 3 times while doing this job");
            assertThat(desk.take().id()).isEqualTo(neighbour);
        }
    }

    private int attempts(Path store, String id) {
        Path copy = temporary.resolve("look-" + System.nanoTime());
        try (JobStore opened = JobStore.open(Desk.asIfKilled(store, copy))) {
            return opened.jobs().stream()
                    .filter(job -> job.id().equals(id))
                    .findFirst()
                    .orElseThrow()
                    .attempts();
        }
    }

    @Test
    void stoppingLeavesWaitingJobsForTheNextStart() throws InterruptedException {
        String waiting;
        try (Desk desk = Desk.open(folder)) {
            desk.run("running");
            Ticket running = desk.take();
            DurableJob left = desk.run("waiting");
            DurableJob sync = desk.submit("sync", "", true);
            waiting = left.id();

            desk.queue.stop();

            assertThat(desk.queue.take()).isEmpty();
            assertThat(left.settled()).isCompleted();
            assertThat(left.status()).isEqualTo(Status.IN_QUEUE);
            assertThat(Desk.body(sync).path("error").asText()).isEqualTo("the worker is stopping");
            assertThatThrownBy(() -> desk.run("late"))
                    .isInstanceOf(QueueException.class)
                    .hasMessage("the worker is stopping");
            running.completed(Desk.result());
        }
        try (Desk desk = Desk.open(folder)) {
            assertThat(desk.take().id()).isEqualTo(waiting);
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(1);
        }
    }

    @Test
    void aJobThatComesWhileTheStoreIsClosedIsNeverSaidToBeAccepted() throws Exception {
        try (Desk desk = Desk.open(folder);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> accepted = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.execute(() -> {
                    while (!desk.queue.isStopped()) {
                        accepted.add(desk.run("a").id());
                    }
                });
            }
            Desk.until(() -> accepted.size() > 20);
            desk.queue.close();
            callers.shutdown();
            assertThat(callers.awaitTermination(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            try (JobStore store = JobStore.open(folder)) {
                assertThat(store.jobs()).extracting(JobRecord::id).containsExactlyInAnyOrderElementsOf(accepted);
            }
        }
    }

    @Test
    void aJobThatWasRefusedBecauseOfTheDiskIsNotDoneLater() throws Exception {
        Path jobs = folder.resolve("jobs.mv");
        Path elsewhere = temporary.resolve("jobs.mv");
        try (Desk desk = Desk.open(folder)) {
            desk.run("first");
            breakFile(desk.store);
            Files.move(jobs, elsewhere);
            Files.createDirectory(jobs);
            assertThatThrownBy(() -> desk.run("refused"))
                    .isInstanceOfSatisfying(
                            QueueException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(QueueException.Kind.UNAVAILABLE));
            assertThat(desk.queue.depth()).isEqualTo(1);
            assertThat(files().stream().filter(name -> name.endsWith(".request")))
                    .hasSize(1);

            Files.delete(jobs);
            Files.move(elsewhere, jobs);
            desk.run("second");
        }
        try (Desk desk = Desk.open(folder)) {
            assertThat(Desk.prompt(desk.take())).isEqualTo("first");
            assertThat(Desk.prompt(desk.take())).isEqualTo("second");
            assertThat(desk.queue.depth()).as("taken, not begun").isEqualTo(2);
        }
    }

    /** An interrupted thread closes the file that it writes to; it is opened anew by the next who writes. */
    private static void breakFile(JobStore store) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(store::sync).isInstanceOf(UncheckedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aSyncJobOutlivesTheProcessOnceItsCallerKnowsItsId() {
        String known;
        try (Desk desk = Desk.open(folder)) {
            desk.submit("unknown", "", true);
            DurableJob ticket = desk.submit("known", "", true);
            ticket.outlive();
            ticket.outlive();
            known = ticket.id();
            Desk.asIfKilled(folder, temporary.resolve("copy"));
        }
        try (JobStore store = JobStore.open(temporary.resolve("copy"))) {
            assertThat(store.jobs()).extracting(JobRecord::id).containsExactly(known);
            assertThat(store.request(known)).isEqualTo(Desk.request("known", ""));
        }
    }

    @Test
    void aCallerWhoGoesAwayTakesItsJobAlongUnlessTheIdIsKnown() {
        try (Desk desk = Desk.open(folder)) {
            DurableJob left = desk.submit("left", "", true);
            DurableJob asked = desk.submit("asked", "", true);
            DurableJob written = desk.run("written");
            desk.queue.find(asked.id());

            List.of(left, asked, written).forEach(desk.queue::abandon);

            assertThat(left.status()).isEqualTo(Status.CANCELLED);
            assertThat(asked.status()).isEqualTo(Status.IN_QUEUE);
            assertThat(written.status()).isEqualTo(Status.IN_QUEUE);
        }
    }

    @Test
    void aJobPastItsTimeToLiveIsGoneEvenWhileItRuns() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob running = desk.submit("running", "'policy': {'ttl': 10000}", false);
            Ticket taken = desk.take();
            taken.started();
            DurableJob waiting = desk.submit("waiting", "'policy': {'ttl': 10000}", false);
            DurableJob longer = desk.submit("longer", "'policy': {'ttl': 10001}", false);
            desk.clock.pass(Duration.ofMillis(10_001));

            assertThatThrownBy(() -> desk.queue.find(running.id())).hasMessage("there is no job " + running.id());
            desk.queue.sweep();

            assertThatThrownBy(() -> taken.report(1, 4))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.CANCELLED));
            taken.completed(Desk.result());
            assertThatThrownBy(() -> desk.queue.find(running.id())).isInstanceOf(QueueException.class);
            assertThatThrownBy(() -> desk.queue.find(waiting.id())).isInstanceOf(QueueException.class);
            assertThat(desk.take().id()).isEqualTo(longer.id());
        }
        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).hasSize(1);
        }
    }

    @Test
    void aJobThatTakesTooLongTimesOutBetweenTwoSteps() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.submit("a", "'policy': {'executionTimeout': 5000}", false);
            Ticket taken = desk.take();
            desk.clock.pass(Duration.ofSeconds(60));
            taken.started();
            desk.clock.pass(Duration.ofSeconds(5));
            taken.report(1, 4);
            desk.clock.pass(Duration.ofMillis(1));

            assertThatThrownBy(() -> taken.report(2, 4))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.TIMED_OUT));
            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("TIMED_OUT");
            assertThat(Desk.body(ticket).path("error").asText()).contains("executionTimeout of 5000 ms");
        }
    }

    @Test
    void aHangingJobTimesOutWithoutReportingAnything() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.submit("a", "'policy': {'executionTimeout': 5000}", false);
            desk.take().started();
            desk.clock.pass(Duration.ofSeconds(6));

            desk.queue.sweep();

            assertThat(ticket.settled()).isCompleted();
            assertThat(ticket.status()).isEqualTo(Status.TIMED_OUT);
        }
    }

    @Test
    void aFailedJobCanBeRetriedUnderItsIdEvenAfterACrash() throws InterruptedException {
        String id;
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.run("a");
            id = ticket.id();
            Ticket first = desk.take();
            first.failed(Desk.broken());
            DurableJob again = desk.queue.retry(desk.queue.find(id));
            assertThat(Desk.body(again).path("status").asText()).isEqualTo("IN_QUEUE");
            assertThat(Desk.body(again).path("retries").asInt()).isEqualTo(1);
            first.completed(Desk.result());
            assertThat(desk.queue.find(id).status()).isEqualTo(Status.IN_QUEUE);

            Ticket second = desk.take();
            assertThat(Desk.prompt(second)).isEqualTo("a");
            second.failed(Desk.broken());
            assertThat(desk.queue.health().jobs().retried()).isEqualTo(1);
        }
        try (Desk desk = Desk.open(folder)) {
            desk.queue.retry(desk.queue.find(id));
            Ticket third = desk.take();
            assertThat(Desk.prompt(third)).isEqualTo("a");
            third.completed(Desk.result());
            assertThat(Desk.body(desk.queue.find(id)).path("retries").asInt()).isEqualTo(2);
            assertThatThrownBy(() -> desk.queue.retry(desk.queue.find(id)))
                    .hasMessageContaining("the job is COMPLETED: only FAILED and TIMED_OUT jobs can be retried");
        }
    }

    @Test
    void aFailedJobWhoseCallerWaitedCanBeRetriedToo() throws InterruptedException, IOException {
        String id;
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.submit("a", "", true);
            id = ticket.id();
            desk.take().failed(Desk.broken());
            desk.queue.retry(ticket);
            Ticket again = desk.take();
            assertThat(Desk.prompt(again)).isEqualTo("a");
            again.failed(Desk.broken());
        }
        try (Desk desk = Desk.open(folder)) {
            desk.queue.retry(desk.queue.find(id));
            desk.take().completed(Desk.result());
            assertThat(desk.queue.find(id).status()).isEqualTo(Status.COMPLETED);
            assertThat(files()).containsExactlyInAnyOrder("jobs.mv", id + ".2.answer");
        }
    }

    @Test
    void aJobWithPicturesThatCouldNotBeStoredCanBeRetried() throws InterruptedException {
        String id;
        try (Desk desk = Desk.open(folder)) {
            id = desk.submit("a", "", true).id();
            desk.take().completed(Desk.result(JobException.Code.STORE_FAILED));
            assertThat(desk.queue.find(id).status()).isEqualTo(Status.COMPLETED);
            DurableJob other = desk.run("b");
            desk.take().completed(Desk.result(JobException.Code.OUT_OF_MEMORY));
            assertThatThrownBy(() -> desk.queue.retry(other)).hasMessageContaining("the job is COMPLETED");
        }
        try (Desk desk = Desk.open(folder)) {
            desk.queue.retry(desk.queue.find(id));
            assertThat(Desk.prompt(desk.take())).isEqualTo("a");
        }
    }

    @Test
    void aRetryThatOnlyStoresRunsAndItsAnswerHasItsTimes() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            String id = desk.run("a").id();
            Ticket first = desk.take();
            first.started();
            first.failed(new JobException(JobException.Code.STORE_FAILED, "no room", null));
            desk.clock.pass(Duration.ofSeconds(60));
            DurableJob again = desk.queue.retry(desk.queue.find(id));
            desk.clock.pass(Duration.ofSeconds(2));

            Ticket second = desk.take();
            assertThat(again.status()).isEqualTo(Status.IN_QUEUE);
            second.started();
            assertThat(again.status()).isEqualTo(Status.IN_PROGRESS);
            desk.clock.pass(Duration.ofSeconds(3));
            second.stored(Desk.image(0, new Stored.At(java.net.URI.create("http://localhost/a.png"))));
            second.rendered();
            second.completed(Desk.result());

            assertThat(Desk.body(again).path("delayTime").asLong()).isEqualTo(2_000);
            assertThat(Desk.body(again).path("executionTime").asLong()).isEqualTo(3_000);
            assertThat(Desk.body(again).path("workerId").asText()).startsWith("darkroom-");
            assertThat(Desk.body(again).path("retries").asInt()).isEqualTo(1);
        }
    }

    @Test
    void askingWhetherAJobWasCancelledChangesNothing() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.submit("a", "'policy': {'executionTimeout': 5000}", false);
            Ticket taken = desk.take();
            taken.checkCancelled();
            assertThat(job.status()).isEqualTo(Status.IN_QUEUE);
            taken.started();
            desk.clock.pass(Duration.ofSeconds(6));

            assertThatThrownBy(taken::checkCancelled)
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.TIMED_OUT));
            assertThat(job.status()).isEqualTo(Status.IN_PROGRESS);
            assertThat(job.record().attempts()).isEqualTo(1);
        }
    }

    @Test
    void aJobThatWasReadAndCheckedAtTheDoorIsNotReadAgain() throws InterruptedException {
        var checks = new AtomicInteger();
        PayloadReader reader = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
        String early;
        try (Desk desk = Desk.open(folder, reader)) {
            early = desk.run("before the models are known").id();
            reader.checkWith(job -> checks.incrementAndGet());
            desk.run("written down");
            desk.submit("in memory", "", true);
            assertThat(checks).hasValue(2);

            assertThat(Desk.prompt(desk.take())).isEqualTo("before the models are known");
            assertThat(checks).as("it is checked against them when it is taken").hasValue(3);
            assertThat(Desk.prompt(desk.take())).isEqualTo("written down");
            assertThat(Desk.prompt(desk.take())).isEqualTo("in memory");
            assertThat(checks).hasValue(3);
        }
        try (Desk desk = Desk.open(folder, reader)) {
            Ticket restored = desk.take();
            assertThat(restored.id()).isEqualTo(early);
            assertThat(Desk.prompt(restored)).isEqualTo("before the models are known");
            assertThat(checks).as("it was not read by this process").hasValue(4);
        }
    }

    @Test
    void readJobsAreKeptAsFarAsThereIsRoom() {
        Job job = Desk.READER.job(JobJson.request(Desk.request("a", "")));
        var room = new MemoryBudget(100);
        var first = new ReadJob(job, 60, room);
        var second = new ReadJob(job, 60, room);
        assertThat(second.take()).isNull();
        assertThat(first.take()).isSameAs(job);
        assertThat(first.take()).isNull();

        assertThat(room.left()).isEqualTo(100);
        assertThat(new ReadJob(job, 60, room).take()).isSameAs(job);
    }

    @Test
    void whateverEndsAWaitingJobGivesItsRoomBack() {
        PayloadReader reader = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
        reader.checkWith(job -> {});
        try (Desk desk = Desk.open(folder, reader)) {
            long all = desk.queue.inputBytesLeft();
            DurableJob job = desk.run("a");
            assertThat(desk.queue.inputBytesLeft()).isEqualTo(all - job.record().bytes());

            desk.queue.cancel(job);
            assertThat(desk.queue.inputBytesLeft()).isEqualTo(all);

            desk.submit("b", "'policy': {'ttl': 10000}", false);
            desk.clock.pass(Duration.ofMillis(10_001));
            desk.queue.sweep();
            assertThat(desk.queue.inputBytesLeft()).isEqualTo(all);
        }
    }

    @Test
    void aRetryThatCannotBeWrittenDownLeavesTheJobAsItWas() throws InterruptedException {
        try (Desk desk = Desk.open(folder, "capacity=1")) {
            DurableJob ticket = desk.run("a");
            desk.take().failed(Desk.broken());
            // an interrupted thread cannot write
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> desk.queue.retry(ticket))
                    .isInstanceOfSatisfying(
                            QueueException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(QueueException.Kind.UNAVAILABLE));
            assertThat(Thread.interrupted()).isTrue();

            assertThat(desk.queue.find(ticket.id())).isSameAs(ticket);
            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("FAILED");
            assertThat(desk.store.jobs()).extracting(JobRecord::status).containsExactly(Status.FAILED);
            assertThat(desk.queue.health().jobs().retried()).isZero();

            desk.queue.retry(ticket);
            assertThat(Desk.prompt(desk.take())).isEqualTo("a");
            assertThatThrownBy(() -> desk.queue.retry(ticket)).hasMessageContaining("being retried already");
        }
    }

    @Test
    void everyJobIsCountedOnceHoweverItEnds() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            desk.submit("faulty", "'policy': 3", false);
            desk.queue.cancel(desk.run("withdrawn"));
            DurableJob running = desk.run("withdrawn while it runs");
            Ticket taken = desk.take();
            desk.queue.cancel(running);
            taken.failed(new JobException(JobException.Code.CANCELLED, "the job was cancelled", null));
            desk.run("done");
            Ticket done = desk.take();
            done.completed(Desk.result());
            done.failed(Desk.broken());
            desk.run("broken");
            desk.take().failed(Desk.broken());
            desk.submit("expires", "'policy': {'ttl': 10000}", false);
            desk.clock.pass(Duration.ofMillis(10_001));
            desk.queue.sweep();
            desk.queue.sweep();

            assertThat(desk.outcomes)
                    .containsExactly("BAD_INPUT", "CANCELLED", "CANCELLED", "completed", "INTERNAL", "TIMED_OUT");
        }
    }

    @Test
    void aJobThatIsBeingEndedForItsTimeTellsItsWorkerSo() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob job = desk.submit("a", "'policy': {'executionTimeout': 5000}", false);
            Ticket ticket = desk.take();
            ticket.started();
            desk.clock.pass(Duration.ofSeconds(6));
            job.life().beginEnd(false);

            for (Runnable look :
                    List.<Runnable>of(ticket::checkCancelled, () -> ticket.report(1, 2), ticket::started)) {
                assertThatThrownBy(look::run).hasMessage("the job took longer than its executionTimeout of 5000 ms");
            }
        }
    }

    @Test
    void itsDepthCountsJobsThatAreTakenAndNotBegun() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            desk.run("a");
            desk.run("b");
            Ticket first = desk.take();
            assertThat(desk.queue.depth()).isEqualTo(2);
            first.started();
            assertThat(desk.queue.depth()).isEqualTo(1);
        }
    }

    @Test
    void aJobThatIsAlwaysTakenAndNeverBegunIsToldSo() {
        JobRecord fresh = JobRecord.accepted("a", 1, 1, 7, new Policy(5_000, Long.MAX_VALUE / 2, false), null);
        JobRecord taken = fresh;
        for (int i = 0; i < 10; i++) {
            taken = taken.taken();
        }
        try (JobStore store = JobStore.open(folder)) {
            store.keepRequest("a", Desk.request("a", ""));
            store.put(taken);
        }
        try (Desk desk = Desk.open(folder)) {
            assertThat(Desk.body(desk.queue.find("a")).path("error").asText())
                    .isEqualTo(
                            "the worker died or stopped 10 times after it had taken this job, before the GPU was done");
        }
    }

    @Test
    void whatIsNotThereAnyMoreCannotBeRetried() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob sync = desk.submit("a", "", true);
            desk.take().failed(JobException.badInput("image: is no picture"));
            DurableJob faulty = desk.submit("a", "'policy': 3", false);

            for (DurableJob ticket : List.of(sync, faulty)) {
                assertThatThrownBy(() -> desk.queue.retry(ticket)).hasMessageContaining("input is not kept");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'policy': {'ttl': 9999} | policy.ttl: must be from 10000 to 604800000 milliseconds, not 9999",
                "'policy': {'executionTimeout': 604800001} | policy.executionTimeout: must be from 5000",
                "'policy': {'executionTimeout': 'long'} | policy.executionTimeout: must be from 5000",
                "'policy': {'lowPriority': 1} | policy.lowPriority: must be true or false, not 1",
                "'policy': [] | policy: must be an object",
                "'webhook': 7 | webhook: must be an address",
                "'webhook': 'ftp://example.com' | webhook: must be an address",
                "'webhook': 'https://me:secret@example.com' | webhook: must be an address",
                "'webhook': '/hook' | webhook: must be an address",
                "'webhook': '//example.com/hook' | webhook: must be an address",
                "'s3Config': {'accessId': 'a'} | s3Config.bucketName: is missing",
                "'s3config': {} | s3config: is not known; did you mean s3Config?",
                "'s3_config': {} | s3_config: is not known; did you mean s3Config?",
                "'webHook': 'http://example.com' | webHook: is not known; did you mean webhook?",
                "'webhook_url': 'http://example.com' | webhook_url: is not known; did you mean webhook?",
                "'polcy': {} | polcy: is not known; did you mean policy?",
                "'policy': {'TTL': 10000} | policy.TTL: is not known; did you mean ttl?",
                "'policy': {'execution_timeout': 1} | did you mean executionTimeout?",
                "'s3Config': {'accesId': 'a'} | s3Config.accesId: is not known; did you mean accessId?"
            })
    void whatStandsBesideTheInputIsCheckedToo(String beside, String message) {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.submit("a", beside, false);

            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("FAILED");
            assertThat(Desk.body(ticket).path("error").asText())
                    .contains(message)
                    .doesNotContain("secret");
            assertThat(desk.queue.health().jobs().inQueue()).isZero();
        }
    }

    @Test
    void whateverElseStandsBesideTheInputIsLeftAlone() {
        try (Desk desk = Desk.open(folder)) {
            String beside =
                    "'id': 'x', 'workflow': {}, 'metadata': {'policy': 1}, 'webhookV2': null, 'policy': {'note': 1}";

            assertThat(desk.submit("a", beside, false).status()).isEqualTo(Status.IN_QUEUE);
        }
    }

    @Test
    void allFaultsAreToldAtOnce() {
        try (Desk desk = Desk.open(folder)) {
            byte[] request = "{\"input\": {}, \"policy\": {\"ttl\": 1}, \"webhook\": 7}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);

            assertThat(Desk.body(desk.queue.submit(request, false))
                            .path("error")
                            .asText())
                    .contains("policy.ttl: ", "webhook: ", "prompt: is missing");
        }
    }

    @Test
    void jobsOfLowPriorityLetOthersGoFirst() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            String low =
                    desk.submit("low", "'policy': {'lowPriority': true}", false).id();
            String first = desk.run("first").id();
            String second = desk.run("second").id();

            assertThat(List.of(desk.take().id(), desk.take().id(), desk.take().id()))
                    .containsExactly(first, second, low);
        }
    }

    @Test
    void aFullQueueRefusesAndHasRoomAgain() throws InterruptedException {
        try (Desk desk = Desk.open(folder, "capacity=2")) {
            DurableJob first = desk.run("a");
            desk.run("b");
            assertThatThrownBy(() -> desk.run("c"))
                    .isInstanceOfSatisfying(QueueException.class, refusal -> {
                        assertThat(refusal.kind()).isEqualTo(QueueException.Kind.FULL);
                    })
                    .hasMessageContaining("at most 2 jobs may wait");
            desk.queue.cancel(first);
            desk.run("d");
            assertThatThrownBy(() -> desk.run("e")).isInstanceOf(QueueException.class);
            desk.take();
            desk.run("f");
            assertThat(desk.queue.purge())
                    .as("those that wait, and the one that is taken but not begun")
                    .isEqualTo(3);
            desk.run("g");
            desk.run("h");
            assertThat(desk.queue.health().jobs().inQueue()).isEqualTo(2);
        }
    }

    @Test
    void largeRequestsFillTheQueueToo() {
        try (Desk desk = Desk.open(folder, "most-bytes=1K")) {
            desk.run("a".repeat(600));
            assertThatThrownBy(() -> desk.run("b".repeat(600))).isInstanceOf(QueueException.class);
            desk.run("c");
        }
    }

    @Test
    void anAnswerIsKeptForItsTimeAndNotLonger() throws InterruptedException, IOException {
        try (Desk desk = Desk.open(folder, "kept=30m")) {
            DurableJob ticket = desk.run("a");
            desk.take().completed(Desk.result());
            desk.clock.pass(Duration.ofMinutes(30).minusMillis(1));
            desk.queue.sweep();
            assertThat(desk.queue.find(ticket.id()).status()).isEqualTo(Status.COMPLETED);

            desk.queue.keep(ticket, 1_000_000);
            assertThat(desk.queue.find(ticket.id()).status()).isEqualTo(Status.COMPLETED);
            desk.queue.keep(ticket, 0);
            assertThatThrownBy(() -> desk.queue.find(ticket.id())).isInstanceOf(QueueException.class);
            desk.queue.sweep();
            assertThat(files()).containsExactly("jobs.mv");
        }
    }

    @Test
    void onlySoManyAnswersAreKeptAndOnlySoMuchOfThem() throws InterruptedException {
        try (Desk desk = Desk.open(folder, "most-kept=3", "most-kept-bytes=100K")) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ids.add(desk.run("small").id());
                desk.take().completed(Desk.result());
            }
            desk.queue.sweep();
            assertThat(kept(desk, ids)).containsExactlyElementsOf(ids.subList(2, 5));

            DurableJob first = desk.run("large");
            desk.take().completed(Desk.result(new Stored.Inline(new byte[50_000])));
            DurableJob second = desk.run("large");
            desk.take().completed(Desk.result(new Stored.Inline(new byte[50_000])));
            desk.queue.sweep();
            assertThat(kept(desk, List.of(first.id(), second.id()))).containsExactly(second.id());
            assertThat(Desk.body(second).at("/output/images/0/image").asText()).hasSizeGreaterThan(60_000);
        }
    }

    private static List<String> kept(Desk desk, List<String> ids) {
        return ids.stream()
                .filter(id -> {
                    try {
                        return desk.queue.find(id).status().isFinal();
                    } catch (QueueException e) {
                        return false;
                    }
                })
                .toList();
    }

    @Test
    void onceAJobIsDoneItsRequestIsNotKept() throws InterruptedException, IOException {
        try (Desk desk = Desk.open(folder)) {
            String done = desk.run("done").id();
            String failed = desk.run("failed").id();
            desk.take().completed(Desk.result());
            desk.take().failed(Desk.broken());

            assertThat(files())
                    .containsExactlyInAnyOrder(
                            "jobs.mv", done + ".0.answer", failed + ".0.answer", failed + ".request");
        }
    }

    @Test
    void aStreamTellsEachPictureOnceAndTheLatestProgress() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.run("a");
            assertThat(ticket.news()).isNotDone();
            assertThat(ticket.stream().toString()).isEqualTo("{\"status\":\"IN_QUEUE\",\"stream\":[]}");
            Ticket taken = desk.take();
            var news = ticket.news();
            taken.report(1, 4);
            taken.report(2, 4);
            assertThat(news).isCompleted();
            taken.stored(Desk.image(0, new Stored.Inline(new byte[30])));
            taken.stored(Desk.image(1, new Stored.Inline(new byte[2_000_000])));

            var stream = ticket.stream().path("stream");
            assertThat(stream).hasSize(3);
            assertThat(stream.at("/0/output/image").asText()).hasSize(40);
            assertThat(stream.at("/0/output/type").asText()).isEqualTo("image");
            assertThat(stream.at("/1/output").has("image")).isFalse();
            assertThat(stream.at("/1/output/index").asInt()).isEqualTo(1);
            assertThat(stream.at("/2/output/value").asInt()).isEqualTo(2);
            assertThat(ticket.stream().path("stream")).isEmpty();
            assertThat(ticket.news()).isNotDone();

            taken.stored(Desk.image(2, new Stored.Inline(new byte[30])));
            taken.completed(Desk.result());
            assertThat(ticket.stream().toString()).contains("\"COMPLETED\"", "\"index\":2");
            assertThat(ticket.stream().toString()).isEqualTo("{\"status\":\"COMPLETED\",\"stream\":[]}");
        }
    }

    @Test
    void anAnswerThatCannotBeMadeIsASmallErrorInstead() throws InterruptedException {
        try (Desk desk = Desk.open(folder)) {
            DurableJob ticket = desk.run("a");
            List<JobResult.Image> tooMuch = new AbstractList<>() {
                @Override
                public JobResult.Image get(int index) {
                    throw new OutOfMemoryError("too much");
                }

                @Override
                public int size() {
                    return 1;
                }
            };
            desk.take().completed(new JobResult(tooMuch, List.of(), 1, Map.of(), "tiny", null, List.of()));

            assertThat(ticket.settled()).isCompleted();
            assertThat(Desk.body(ticket).path("status").asText()).isEqualTo("FAILED");
            assertThat(Desk.body(ticket).path("error").asText()).contains("could not keep the answer");
            assertThat(desk.queue.health().jobs().failed()).isEqualTo(1);
        }
    }

    @Test
    void whereTheDiskFailsAnswersStayInMemoryAsFarAsThereIsRoom() throws IOException {
        var room = new MemoryBudget(250_000);
        byte[] large = new byte[100_000];
        try (JobStore store = JobStore.open(folder)) {
            for (String id : List.of("a", "b", "c", "d")) {
                Files.createDirectories(folder.resolve(id + ".0.answer/in-the-way"));
            }
            LastAnswer first = LastAnswer.keep(store, job("a"), large, true, room);
            LastAnswer.keep(store, job("b"), large, true, room);
            assertThat(first.body()).hasSize(large.length);
            assertThatThrownBy(() -> LastAnswer.keep(store, job("c"), large, true, room))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(LastAnswer.keep(store, job("c"), new byte[10], true, room)
                            .body())
                    .as("small ones always")
                    .hasSize(10);

            first.drop();
            first.drop();
            assertThat(room.left()).isEqualTo(150_000);
            assertThat(LastAnswer.keep(store, job("d"), large, true, room).body())
                    .hasSize(large.length);
        }
    }

    private static JobRecord job(String id) {
        return JobRecord.accepted(id, 1, 1_000, 7, new Policy(10_000, 60_000, false), null);
    }

    @Test
    void picturesOfAJobThatIsForgottenTakeNoRoom() {
        var room = new MemoryBudget(1_000);
        var events = new JobEvents(room);
        events.publish(new JobEvent.PictureStored(Desk.image(0, new Stored.Inline(new byte[30]))));
        assertThat(room.left()).isEqualTo(960);

        events.close();
        events.publish(new JobEvent.PictureStored(Desk.image(1, new Stored.Inline(new byte[30]))));

        assertThat(room.left()).isEqualTo(1_000);
        assertThat(events.pictures()).hasSize(1);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("key"))
                    .toList();
        }
    }
}
