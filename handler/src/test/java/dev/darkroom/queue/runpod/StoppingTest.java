package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.AT_ONCE;
import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.LONG;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.queue.Ticket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker ends without losing a job. */
@Timeout(300)
class StoppingTest {
    @Test
    void anIdleWorkerEndsAtOnce() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.await(Endpoint.TAKE, 1);
            long start = System.nanoTime();

            worker.source.stop();
            worker.awaitEnd();
            worker.source.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
            assertThat(worker.source.isStopped()).isTrue();
            Eventually.await("it has hung up", () -> worker.platform.openPolls() == 0);
            worker.platform.offer("late", INPUT);
            assertThat(worker.platform.waiting()).as("nobody waits for it").isEqualTo(1);
        }
    }

    @Test
    void aWorkerThatWaitsForTheNextTryEndsAtOnce() throws Exception {
        try (var worker = new TestWorker(TestWorker.pace(LONG, LONG, LONG, LONG))) {
            worker.platform.rule(Endpoint.TAKE, unused -> Reaction.status(429));
            worker.work();
            worker.platform.await(Endpoint.TAKE, 1);
            Thread.sleep(100); // so that it has most likely heard the answer
            long start = System.nanoTime();

            worker.source.stop();
            worker.awaitEnd();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        }
    }

    @Test
    void runningAndWaitingJobsAreDoneAndAnswered() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.platform.offer("c", INPUT);
            worker.work((ticket, job) -> {
                finish.await();
                return TestWorker.result(job);
            });
            Eventually.await("two are taken", () -> worker.source.jobs() == 2);

            worker.source.stop();
            Thread.sleep(50);
            finish.countDown();
            worker.awaitEnd();
            worker.source.close();

            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1, "b", 1));
            assertThat(worker.platform.waiting()).isEqualTo(1);
        }
    }

    @Test
    void aJobThatIsJustArrivingIsDone() throws Exception {
        var arriving = new CompletableFuture<Void>();
        var stopped = new CompletableFuture<Void>();
        try (var worker = new TestWorker()) {
            worker.platform.script(
                    Endpoint.TAKE,
                    new Reaction.Slow(
                            " ".repeat(16 << 20), arriving, stopped, "{\"id\": \"a\", \"input\": " + INPUT + "}"));
            worker.work();
            arriving.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);

            worker.source.stop();
            stopped.complete(null);
            worker.awaitEnd();
            worker.source.close();

            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void jobsThatNobodyTakesAnyMoreAreAnsweredWithAnError() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer(
                    "[{\"id\": \"a\", \"input\": %1$s}, {\"id\": \"b\", \"input\": %1$s}]".formatted(INPUT));
            Optional<Ticket> taken = worker.source.take();
            assertThat(taken).isPresent();

            worker.source.close();

            assertThat(worker.platform.awaitResults(2))
                    .allSatisfy(post -> assertThat(post.json().path("error").asText())
                            .startsWith("the worker ended before it did the job"));
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1, "b", 1));
            taken.get().completed(TestWorker.result(TestWorker.job()));
            assertThat(worker.source.take()).isEmpty();
            assertThat(worker.platform.awaitResults(2)).hasSize(2);
        }
    }

    @Test
    void theEndWaitsForResultsThatAreStillOffered() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(
                    Endpoint.DONE,
                    Reaction.status(500),
                    Reaction.reset(),
                    Reaction.after(millis(200), Reaction.usual()));
            worker.platform.offer("a", INPUT);
            worker.work();
            worker.platform.awaitResults(1);

            worker.source.stop();
            worker.awaitEnd();
            worker.source.close();

            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }
}
