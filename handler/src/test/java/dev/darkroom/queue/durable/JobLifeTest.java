package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.durable.disk.LastAnswer;
import dev.darkroom.queue.durable.disk.Policy;
import dev.darkroom.queue.durable.disk.Status;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transitions of a job, and those that are none. */
class JobLifeTest {
    private static final byte[] REQUEST = Desk.request("a", "");
    private static final JobRecord FRESH =
            JobRecord.accepted("a", 1, 1_000, REQUEST.length, new Policy(10_000, 60_000, false), null);

    @TempDir
    Path folder;

    private JobStore store;
    private QueueContext queue;

    @BeforeEach
    void open() {
        store = JobStore.open(folder.resolve("jobs"));
        var budget = new MemoryBudget(1 << 20);
        PayloadReader reader = Desk.READER;
        queue = new QueueContext(
                store,
                reader,
                Clock.systemUTC(),
                () -> "worker",
                60_000,
                new QueueContext.Memory(budget, budget, budget),
                Runnable::run,
                (job, event) -> {});
    }

    @AfterEach
    void close() {
        store.close();
    }

    private JobLife inMemory() {
        return new JobLife(new JobState.Waiting(FRESH), new Persistence.InMemory(REQUEST, false), queue);
    }

    private JobLife onDisk() {
        store.keepRequest("a", REQUEST);
        store.put(FRESH);
        return new JobLife(new JobState.Waiting(FRESH), new Persistence.Complete(), queue);
    }

    private JobRecord failed(JobLife life) {
        return life.state().record().ended(Status.FAILED, 5_000, 9_000, 3, true, false);
    }

    private LastAnswer answer() {
        return LastAnswer.keep(store, FRESH, new byte[3], true, new MemoryBudget(10));
    }

    private JobRecord stored() {
        return store.jobs().getFirst();
    }

    @Test
    void aWaitingJobIsTakenThenStartsOnce() {
        JobLife life = onDisk();

        assertThat(life.take()).isTrue();
        assertThat(life.state()).isInstanceOf(JobState.Waiting.class);
        assertThat(life.start(4_000)).isTrue();
        assertThat(life.start(4_500)).isFalse();
        assertThat(life.take()).isFalse();

        assertThat(life.state()).isInstanceOf(JobState.Running.class);
        assertThat(stored()).isEqualTo(life.state().record());
        assertThat(stored().takes()).isEqualTo(1);
        assertThat(stored().attempts()).isEqualTo(1);
        assertThat(stored().started()).isEqualTo(4_000);
    }

    @Test
    void whileItsAnswerIsMadeNobodyElseEndsOrStartsItAndCallersSeeTheStateBefore() {
        JobLife life = onDisk();
        life.start(4_000);

        assertThat(life.beginEnd(true)).isEqualTo(new Persistence.Complete());

        assertThat(life.beginEnd(false)).isNull();
        assertThat(life.start(5_000)).isFalse();
        assertThat(life.take()).isFalse();
        assertThat(life.state().record().status()).isEqualTo(Status.IN_PROGRESS);
        assertThat(life.state().answer()).isNull();
    }

    @Test
    void aJobWhoseAnswerCannotBeMadeGoesOnAsItWas() {
        JobLife life = onDisk();
        life.start(4_000);
        life.beginEnd(true);

        life.resume();

        assertThat(life.state()).isInstanceOf(JobState.Running.class);
        assertThat(life.beginEnd(false)).isNotNull();
    }

    @Test
    void whatHasEndedStaysAsItIs() {
        JobLife life = onDisk();
        life.beginEnd(true);
        JobRecord last = failed(life);
        assertThat(life.end(last, answer(), new Persistence.Complete())).isTrue();

        assertThat(life.beginEnd(true)).isNull();
        life.resume();
        assertThat(life.start(9_000)).isFalse();
        assertThat(life.end(FRESH, answer(), new Persistence.None())).isFalse();

        assertThat(life.state()).isInstanceOf(JobState.Ended.class);
        assertThat(stored()).isEqualTo(last);
    }

    @Test
    void ofManyWhoEndItOneDoes() throws InterruptedException {
        JobLife life = onDisk();
        var together = new CountDownLatch(1);
        var winners = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                threads.execute(() -> {
                    await(together);
                    if (life.beginEnd(true) != null) {
                        winners.incrementAndGet();
                        life.end(failed(life), answer(), new Persistence.Complete());
                    }
                });
            }
            together.countDown();
        }
        assertThat(winners).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRetryThatFailsGivesTheJobItsPlaceBack() {
        JobLife life = ended();
        life.giveWay();
        life.amend(record -> record.keptUntil(7_000));
        assertThat(stored().keptUntil())
                .as("a retry has the place in the store")
                .isEqualTo(9_000);

        life.takeBack();

        assertThat(life.state()).isInstanceOf(JobState.Ended.class);
        assertThat(life.state().record().keptUntil()).isEqualTo(7_000);
        life.amend(record -> record.keptUntil(6_000));
        assertThat(stored().keptUntil()).isEqualTo(6_000);
    }

    @Test
    void aForgottenJobWritesNothingMoreAndDoesNotComeBack() {
        JobLife life = ended();
        life.giveWay();
        JobState forgotten = life.forget();
        store.remove(life.state().record());

        life.takeBack();
        life.amend(record -> record.keptUntil(0));

        assertThat(life.state()).isEqualTo(forgotten);
        assertThat(life.forget()).isEqualTo(forgotten);
        assertThat(forgotten.answer())
                .as("callers that hold it still read its answer")
                .isNotNull();
        assertThat(forgotten.record().status()).isEqualTo(Status.FAILED);
        assertThat(store.jobs()).isEmpty();
    }

    @Test
    void aJobThatIsForgottenWhileItEndsHasNoAnswer() {
        JobLife life = onDisk();
        life.beginEnd(true);
        life.forget();

        assertThat(life.end(failed(life), answer(), new Persistence.Complete())).isFalse();
        assertThat(life.state().answer()).isNull();
    }

    @Test
    void onlyAJobThatOutlivesTheProcessIsWritten() {
        JobLife life = inMemory();
        life.take();
        life.start(4_000);
        assertThat(store.jobs()).isEmpty();

        store.keepRequest("a", REQUEST);
        assertThat(life.persist()).isTrue();

        assertThat(life.persistence()).isEqualTo(new Persistence.Complete());
        assertThat(stored()).isEqualTo(life.state().record());
    }

    @Test
    void aRequestThatIsWrittenWhileItsJobEndsStaysOnlyForARetry() {
        for (boolean keepsRequest : new boolean[] {true, false}) {
            JobLife life = inMemory();
            store.keepRequest("a", REQUEST);
            life.beginEnd(keepsRequest);

            assertThat(life.persist()).isFalse();

            assertThat(store.hasRequest("a")).isEqualTo(keepsRequest);
        }
    }

    @Test
    void aKnownIdIsNotedWhileTheJobCouldBeLost() {
        JobLife life = inMemory();
        life.noteIdKnown();
        assertThat(life.persistence()).isEqualTo(new Persistence.InMemory(REQUEST, true));

        JobLife written = onDisk();
        written.noteIdKnown();
        assertThat(written.persistence()).isEqualTo(new Persistence.Complete());
    }

    private JobLife ended() {
        JobLife life = onDisk();
        life.beginEnd(true);
        life.end(failed(life), answer(), new Persistence.Complete());
        return life;
    }
}
