package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.AT_ONCE;
import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.LONG;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the worker asks for jobs, and what it makes of each answer. */
@Timeout(300)
class TakingJobsTest {
    @Test
    void aJobIsTakenAndAnswered() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.offer("job-1-u1", INPUT);

            PlatformRequest answer = worker.platform.awaitResults(1).getFirst();

            assertThat(answer.jobId()).isEqualTo("job-1-u1");
            assertThat(answer.json().at("/output/images/0/url").asText()).isEqualTo("https://pictures.test/0.png");
            assertThat(answer.json().has("error")).isFalse();
        }
    }

    @Test
    void whatComesBesideTheInputIsNoMatter() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.offer(
                    "{\"id\": \"a\", \"webhook\": null, \"batchId\": \"b\", \"policy\": {\"ttl\": 5}, \"input\": "
                            + INPUT + ", \"delayTime\": 12}");

            assertThat(worker.platform.awaitResults(1).getFirst().json().has("output"))
                    .isTrue();
        }
    }

    @Test
    void severalJobsInOneAnswerAreAllDone() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.offer(
                    "[{\"id\": \"a\", \"input\": %1$s}, {\"id\": \"b\", \"input\": %1$s}, {\"id\": \"c\", \"input\": %1$s}]"
                            .formatted(INPUT));

            assertThat(worker.platform.awaitResults(3).stream().map(PlatformRequest::jobId))
                    .containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": \"a\"}",
                "{\"id\": \"a\", \"input\": null}",
                "{\"id\": \"a\", \"input\": {}}",
                "{\"id\": \"a\", \"input\": \"text\"}",
                "{\"id\": \"a\", \"input\": {\"prompt\": 5}}"
            })
    void aFaultyJobIsAnsweredWithAnError(String job) throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.offer(job);

            PlatformRequest answer = worker.platform.awaitResults(1).getFirst();

            assertThat(answer.jobId()).isEqualTo("a");
            assertThat(answer.json().path("error").isTextual()).isTrue();
            assertThat(answer.json().at("/output/error_type").asText()).isEqualTo("BAD_INPUT");
        }
    }

    @Test
    void aFieldThatStandsTwiceDoesNotLoseTheJob() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.offer("a", "{\"prompt\": \"one\", \"prompt\": \"two\"}");

            assertThat(worker.platform.awaitResults(1).getFirst().jobId()).isEqualTo("a");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>busy</html>", "[]", "5", "{\"id\": \"a/../b\", \"input\": {}}", "{\"input\": {}}"})
    void anAnswerThatIsNoJobIsPassedOver(String body) throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.TAKE, new Reaction.Reply(200, "text/html", body));
            worker.platform.offer("next", INPUT);
            worker.work();

            assertThat(worker.platform.awaitResults(1).getFirst().jobId()).isEqualTo("next");
        }
    }

    @Test
    void noJobMeansToAskAgainAtOnce() throws Exception {
        try (var worker = new TestWorker(TestWorker.pace(LONG, LONG, LONG, LONG))) {
            worker.platform.script(Endpoint.TAKE, Reaction.status(204), Reaction.status(204), Reaction.status(204));
            worker.work();

            assertThat(gaps(worker, 4)).allSatisfy(gap -> assertThat(gap).isLessThan(AT_ONCE));
        }
    }

    @Test
    void aWorkerThatIsPutToSleepAsksAgainSoon() throws Exception {
        try (var worker = new TestWorker(TestWorker.pace(LONG, millis(8), LONG, LONG))) {
            worker.platform.script(Endpoint.TAKE, Reaction.status(400), Reaction.status(400));
            worker.work();

            assertThat(gaps(worker, 3)).allSatisfy(gap -> assertThat(gap).isBetween(millis(6), AT_ONCE));
        }
    }

    @Test
    void aThrottledWorkerWaits() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.TAKE, Reaction.status(429));
            worker.work();

            assertThat(gaps(worker, 2)).first().satisfies(gap -> assertThat(gap).isGreaterThanOrEqualTo(millis(395)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 401, 404, 500})
    void refusalsMakeItWaitLongerAndLonger(int status) throws Exception {
        try (var worker = new TestWorker()) {
            Reaction refusal = Reaction.status(status);
            worker.platform.script(Endpoint.TAKE, refusal, refusal, refusal, refusal);
            worker.platform.offer("a", INPUT);
            worker.work();

            List<Duration> gaps = gaps(worker, 5);

            assertThat(gaps.get(0)).isGreaterThanOrEqualTo(millis(15));
            assertThat(gaps.get(1)).isGreaterThanOrEqualTo(millis(30));
            assertThat(gaps.get(2)).isGreaterThanOrEqualTo(millis(60));
            assertThat(gaps.get(3)).isGreaterThanOrEqualTo(millis(112));
            assertThat(worker.platform.awaitResults(1).getFirst().jobId()).isEqualTo("a");
        }
    }

    @Test
    void aBrokenConnectionIsTriedAgainAfterAWhile() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.TAKE, Reaction.reset(), Reaction.reset());
            worker.platform.offer("a", INPUT);
            worker.work();

            assertThat(gaps(worker, 3).get(1)).isGreaterThanOrEqualTo(millis(30));
            assertThat(worker.platform.awaitResults(1).getFirst().jobId()).isEqualTo("a");
        }
    }

    @Test
    void aPollThatIsNeverAnsweredIsGivenUp() throws Exception {
        try (var worker = new TestWorker(TestWorker.impatient(millis(900)))) {
            worker.platform.script(Endpoint.TAKE, Reaction.hang());
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.platform.offer("c", INPUT);
            long start = System.nanoTime();
            worker.work();

            long second = worker.platform.await(Endpoint.TAKE, 2).get(1).nanos();
            assertThat(Duration.ofNanos(second - start)).isGreaterThanOrEqualTo(millis(890));
            // a worker that is impatient may give a poll up that is being answered: then the next job is the first
            assertThat(worker.platform.awaitResults(1).getFirst().jobId()).isIn("a", "b", "c");
        }
    }

    @Test
    void oneJobWaitsBesideTheOneOnTheGpuAndNoMore() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            for (String id : List.of("a", "b", "c", "d")) {
                worker.platform.offer(id, INPUT);
            }
            worker.work((ticket, job) -> {
                finish.await();
                return TestWorker.result(job);
            });
            worker.platform.await(Endpoint.TAKE, 2);
            Thread.sleep(150);

            assertThat(worker.platform.waiting()).isEqualTo(2);
            assertThat(worker.platform.requests(Endpoint.TAKE).stream().map(PlatformRequest::target))
                    .containsExactly(
                            "/v2/ep/job-take/worker-1?gpu=NVIDIA+GeForce+RTX+4090&job_in_progress=0",
                            "/v2/ep/job-take/worker-1?gpu=NVIDIA+GeForce+RTX+4090&job_in_progress=1");
            finish.countDown();
            assertThat(worker.platform.awaitResults(4))
                    .extracting(PlatformRequest::jobId)
                    .containsExactlyInAnyOrder("a", "b", "c", "d");
        }
    }

    @Test
    void aJobThatIsOnlyBeingStoredDoesNotCount() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker(Map.of("prefetch", "false"))) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.platform.offer("c", INPUT);
            worker.work((ticket, job) -> {
                ticket.report(0, 2);
                if (ticket.id().equals("a")) {
                    ticket.rendered();
                }
                finish.await();
                return TestWorker.result(job);
            });
            worker.platform.await(Endpoint.TAKE, 2);
            Thread.sleep(150);

            assertThat(worker.platform.waiting()).as("b is on the GPU, c waits").isEqualTo(1);
            finish.countDown();
            worker.platform.awaitResults(3);
        }
    }

    @Test
    void aResultThatIsNotTakenYetDoesNotKeepTheNextJobAway() throws Exception {
        var looked = new CompletableFuture<Void>();
        try (var worker = new TestWorker(Map.of("prefetch", "false"))) {
            worker.platform.rule(
                    Endpoint.DONE,
                    request ->
                            request.jobId().equals("a") ? Reaction.when(looked, Reaction.usual()) : Reaction.usual());
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.work();

            // two senders, so that either may come first
            assertThat(worker.platform.awaitResults(2).stream().map(PlatformRequest::jobId))
                    .containsExactlyInAnyOrder("a", "b");
            assertThat(worker.platform.answers()).containsOnlyKeys("b");
            looked.complete(null);
        }
    }

    @Test
    void resultsThatNobodyTakesDoNotPileUpForEver() throws Exception {
        try (var worker = new TestWorker(Map.of("post-for", "10m"))) {
            worker.platform.rule(Endpoint.DONE, unused -> Reaction.status(500));
            for (int i = 0; i < 12; i++) {
                worker.platform.offer("job-" + i, INPUT);
            }
            worker.work();
            worker.platform.await(Endpoint.TAKE, 8);
            Eventually.await("the eighth is taken in", () -> worker.source.jobs() == 8);
            Thread.sleep(150);

            assertThat(worker.source.jobs()).isEqualTo(8);
            assertThat(worker.platform.waiting()).isEqualTo(4);
            worker.platform.rule(Endpoint.DONE, unused -> Reaction.usual());
            worker.platform.await(post -> post.isResult() && post.jobId().equals("job-11"), 1);
            worker.awaitJobs(0);
            assertThat(worker.platform.answers()).hasSize(12).containsValue(1).doesNotContainValue(2);
        }
    }

    @Test
    void aJobThatIsGivenTwiceIsAnsweredOnce() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.work((ticket, job) -> {
                finish.await();
                return TestWorker.result(job);
            });
            worker.platform.await(Endpoint.TAKE, 3);
            finish.countDown();

            worker.platform.awaitResults(2);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1, "b", 1));
        }
    }

    private static List<Duration> gaps(TestWorker worker, int polls) throws InterruptedException {
        List<PlatformRequest> requests = worker.platform.await(Endpoint.TAKE, polls);
        return IntStream.range(1, polls)
                .mapToObj(i -> requests.get(i).since(requests.get(i - 1)))
                .toList();
    }
}
