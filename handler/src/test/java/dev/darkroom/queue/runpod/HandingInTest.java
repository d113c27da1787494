package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results arrive, or their callers hear why not. */
@Timeout(300)
class HandingInTest {
    @Test
    void requestsLookAsThePlatformKnowsThem() throws Exception {
        try (var worker = new TestWorker().work((ticket, job) -> {
            throw JobException.badInput("prompt: \u00ab\u00fcber\u00bb \u6f22\u5b57 \ud83c\udf05");
        })) {
            worker.platform.offer("a", INPUT);

            PlatformRequest done = worker.platform.awaitResults(1).getFirst();
            assertThat(done.method()).isEqualTo("POST");
            assertThat(done.target())
                    .isEqualTo("/v2/ep/job-done/worker-1/a?gpu=NVIDIA+GeForce+RTX+4090&isStream=false");
            assertThat(done.header("Authorization")).isEqualTo(StandInPlatform.KEY);
            assertThat(done.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
            assertThat(done.header("charset")).isEqualTo("utf-8");
            assertThat(done.header("X-Request-ID")).isEqualTo("a");
            assertThat(done.header("Accept")).isEqualTo("*/*");
            assertThat(done.header("User-Agent")).startsWith("Darkroom/").contains("Java/25");
            assertThat(done.header("Transfer-Encoding")).isEmpty();
            assertThat(done.header("Content-Length")).isNotEmpty();
            assertThat(done.body()).contains("\"error\":\"prompt: \u00ab\u00fcber\u00bb \u6f22\u5b57 \ud83c\udf05\"");

            PlatformRequest take = worker.platform.await(Endpoint.TAKE, 1).getFirst();
            assertThat(take.method()).isEqualTo("GET");
            assertThat(take.header("Authorization")).isEqualTo(StandInPlatform.KEY);
            assertThat(take.header("Content-Type")).isEqualTo("application/json");
            assertThat(take.header("User-Agent")).startsWith("Darkroom/");
            assertThat(take.header("Accept-Encoding")).isEmpty();
        }
    }

    @Test
    void aFailureIsPlainTextWithItsKindBesideIt() throws Exception {
        try (var worker = new TestWorker().work((ticket, job) -> {
            throw new JobException(
                    JobException.Code.FETCH_FAILED, "image: 404", new IllegalStateException("at /home/secret"));
        })) {
            worker.platform.offer("a", INPUT);

            assertThat(worker.platform.awaitResults(1).getFirst().body())
                    .isEqualTo("{\"error\":\"image: 404\",\"output\":{\"error_type\":\"FETCH_FAILED\","
                            + "\"hostname\":\"host-1\",\"worker_id\":\"worker-1\",\"version\":\"Darkroom/0.1.0\"}}");
        }
    }

    @Test
    void anAnswerThatCannotBeMadeIsASmallErrorInstead() throws Exception {
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
        try (var worker = new TestWorker()
                .work((ticket, job) -> new JobResult(tooMuch, List.of(), 1, Map.of(), "pocket", null, List.of()))) {
            worker.platform.offer("a", INPUT);

            assertThat(worker.platform.awaitResults(1).getFirst().body()).contains("could not put the answer together");
            worker.awaitJobs(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 408, 429})
    void aResultIsOfferedUntilThePlatformTakesIt(int status) throws Exception {
        try (var worker = new TestWorker()) {
            Reaction refusal = Reaction.status(status);
            worker.platform.script(Endpoint.DONE, refusal, refusal);
            worker.platform.offer("a", INPUT);
            worker.work();

            List<PlatformRequest> posts = worker.platform.awaitResults(3);
            assertThat(posts.stream().map(PlatformRequest::body).distinct()).hasSize(1);
            assertThat(posts.get(1).since(posts.get(0))).isGreaterThanOrEqualTo(millis(7));
            assertThat(posts.get(2).since(posts.get(1))).isGreaterThanOrEqualTo(millis(15));
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void brokenConnectionsAndSilenceLoseNoResult() throws Exception {
        try (var worker = new TestWorker(TestWorker.impatient(millis(1_000)))) {
            worker.platform.script(Endpoint.DONE, Reaction.reset(), Reaction.hang());
            worker.platform.offer("a", INPUT);
            worker.work();

            worker.platform.awaitResults(3);
            assertThat(worker.platform.answers()).containsOnlyKeys("a");
        }
    }

    @Test
    void whileAResultIsOfferedThePlatformHearsThatTheJobIsInGoodHands() throws Exception {
        try (var worker = new TestWorker(Map.of("post-for", "10m"))) {
            worker.platform.rule(Endpoint.DONE, unused -> Reaction.status(500));
            worker.platform.offer("a", INPUT);
            worker.work();
            worker.platform.awaitResults(1);
            int before = worker.platform.requests(Endpoint.PING).size();

            List<PlatformRequest> pings = worker.platform.await(Endpoint.PING, before + 3);

            assertThat(pings.getLast().target()).contains("job_id=a&");
            worker.platform.rule(Endpoint.DONE, unused -> Reaction.usual());
            worker.awaitJobs(0);
            int after = worker.platform.requests(Endpoint.PING).size();
            assertThat(worker.platform.await(Endpoint.PING, after + 2).getLast().target())
                    .doesNotContain("job_id");
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void aPlatformThatNeverTakesAResultIsGivenUpAfterAWhile() throws Exception {
        try (var worker = new TestWorker();
                var log = new LogTap()) {
            worker.platform.rule(
                    Endpoint.DONE, post -> post.jobId().equals("a") ? Reaction.status(503) : Reaction.usual());
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.work();
            worker.platform.await(post -> post.isResult() && post.jobId().equals("b"), 1);
            worker.awaitJobs(0);

            assertThat(worker.platform.requests(
                            post -> post.isResult() && post.jobId().equals("a")))
                    .hasSizeGreaterThanOrEqualTo(5);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("b", 1));
            assertThat(log.text()).contains("job a: its result is lost: status 503");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 413})
    void aRefusedResultIsReplacedByOneSmallError(int status) throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.DONE, Reaction.status(status));
            worker.platform.offer("a", INPUT);
            worker.work();

            List<PlatformRequest> posts = worker.platform.awaitResults(2);
            assertThat(posts.get(0).json().has("output")).isTrue();
            assertThat(posts.get(1).json().path("error").asText())
                    .startsWith("RunPod refused the result of 0.0 MB with status " + status);
            worker.source.close();
            assertThat(worker.platform.awaitResults(2)).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"a, 100000", "sync-a, 200000"})
    void aResultThatIsTooLargeBecomesAnErrorThatSaysSo(String id, int largest) throws Exception {
        var sizes = Map.of("largest-result", "100000", "largest-sync-result", "200000");
        try (var worker = new TestWorker(sizes)) {
            worker.platform.offer(id + "-1", INPUT);
            worker.work((ticket, job) -> TestWorker.result(job, TestWorker.inline(job, 0, largest * 3 / 4)));

            PlatformRequest answer = worker.platform.awaitResults(1).getFirst();
            assertThat(answer.json().path("error").asText())
                    .startsWith("the result has ")
                    .contains("RunPod takes at most " + largest / 1e6 + " MB");
        }
    }

    @Test
    void theRoomForPicturesDependsOnHowTheJobCame() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("sync-b", INPUT);
            worker.work((ticket, job) -> {
                throw JobException.badInput(ticket.id() + " " + ticket.largestAnswer());
            });

            assertThat(worker.platform.awaitResults(2).stream()
                            .map(post -> post.json().path("error").asText()))
                    .containsExactlyInAnyOrder("a 9900000", "sync-b 19900000");
        }
    }

    @Test
    void aLargeResultArrivesWhole() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer("sync-a", INPUT);
            worker.work((ticket, job) -> {
                int file = ticket.largestAnswer() / 4 * 3;
                JobResult.Image image = TestWorker.inline(job, 0, file);
                return TestWorker.result(job, image);
            });

            PlatformRequest answer = worker.platform.awaitResults(1).getFirst();
            assertThat(answer.json().at("/output/images/0/image").asText()).hasSize(19_900_000);
            assertThat(worker.platform.awaitResults(1)).hasSize(1);
        }
    }

    @Test
    void logsHoldNeitherTheKeyNorAddressesNorPictures() throws Exception {
        try (var worker = new TestWorker(TestWorker.impatient(millis(900)));
                var log = new LogTap()) {
            worker.platform.script(
                    Endpoint.TAKE, Reaction.hang(), Reaction.reset(), Reaction.status(401), Reaction.status(500));
            worker.platform.script(Endpoint.DONE, Reaction.hang(), Reaction.reset(), Reaction.status(400));
            worker.platform.script(Endpoint.STOP, Reaction.hang(), Reaction.reset(), Reaction.status(500));
            worker.platform.script(Endpoint.PING, Reaction.hang(), Reaction.reset(), Reaction.status(401));
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> TestWorker.result(job, TestWorker.inline(job, 0, 1000)));
            worker.platform.awaitResults(4);
            worker.source.close();

            assertThat(log.lines()).hasSizeGreaterThan(5);
            assertThat(log.text())
                    .doesNotContain(StandInPlatform.KEY)
                    .doesNotContain("job-take")
                    .doesNotContain("job-done")
                    .doesNotContain("http:")
                    .doesNotContain("AAAA");
        }
    }
}
