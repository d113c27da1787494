package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Size;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller reads while a job runs, and that it never comes after the result. */
@Timeout(300)
class ProgressTest {
    private static final String THREE = "{\"prompt\": \"a red circle\", \"num_outputs\": 3}";

    @Test
    void progressIsToldInTheFormThatKeepsTheJobRunning() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                ticket.report(12, 28);
                finish.await();
                return TestWorker.result(job);
            });

            PlatformRequest progress =
                    worker.platform.await(PlatformRequest::isProgress, 1).getFirst();
            finish.countDown();

            assertThat(progress.body())
                    .isEqualTo("{\"status\":\"IN_PROGRESS\",\"output\":{\"type\":\"progress\",\"value\":12,"
                            + "\"max\":28,\"percent\":42.9}}");
            assertThat(progress.target()).endsWith("/job-done/worker-1/a?gpu=NVIDIA+GeForce+RTX+4090&isStream=false");
        }
    }

    @Test
    void previewsAreToldWithTheProgressAsFarAsThereIsRoom() throws Exception {
        var finish = new CountDownLatch(1);
        byte[] small = {1, 2, 3};
        byte[] large = new byte[800_000];
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                ticket.previewed(new Preview(job.samples().get(0), 2, 4, new Size(16, 16), small));
                ticket.previewed(new Preview(job.samples().get(1), 2, 4, new Size(16, 16), large));
                finish.await();
                return TestWorker.result(job);
            });

            PlatformRequest progress =
                    worker.platform.await(PlatformRequest::isProgress, 1).getFirst();
            finish.countDown();

            assertThat(progress.json().at("/output/previews").toString())
                    .isEqualTo("[{\"type\":\"preview\",\"index\":0,\"value\":2,\"max\":4,\"image\":\"AQID\","
                            + "\"format\":\"jpeg\",\"width\":16,\"height\":16}]");
        }
    }

    @Test
    void stepsAreToldNowAndThenAndTheLatestWins() throws Exception {
        try (var worker = new TestWorker(Map.of("progress-every", "100ms"))) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                for (int step = 0;
                        worker.platform.requests(PlatformRequest::isProgress).size() < 4;
                        step++) {
                    ticket.report(step, 1_000_000);
                    Thread.sleep(2);
                }
                return TestWorker.result(job);
            });
            worker.platform.awaitResults(1);

            List<PlatformRequest> told = worker.platform.requests(PlatformRequest::isProgress);
            for (int i = 1; i < told.size(); i++) {
                assertThat(told.get(i).since(told.get(i - 1))).isGreaterThanOrEqualTo(millis(95));
                assertThat(value(told.get(i))).isGreaterThan(value(told.get(i - 1)));
            }
        }
    }

    @Test
    void theResultComesAfterAProgressThatIsStillUnderWay() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.DONE, Reaction.after(millis(200), Reaction.usual()));
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                ticket.report(0, 4);
                worker.platform.await(PlatformRequest::isProgress, 1);
                ticket.report(1, 4);
                ticket.report(4, 4);
                return TestWorker.result(job);
            });
            worker.platform.awaitResults(1);
            worker.source.close();

            List<PlatformRequest> posts = worker.platform.requests(Endpoint.DONE);
            assertThat(posts).hasSize(2);
            assertThat(posts.getLast().isResult()).isTrue();
            assertThat(posts.getLast().since(posts.getFirst())).isGreaterThanOrEqualTo(millis(195));
        }
    }

    @Test
    void progressThatIsNotTakenHarmsNoJob() throws Exception {
        try (var worker = new TestWorker(TestWorker.impatient(millis(1_000)))) {
            worker.platform.script(
                    Endpoint.DONE, Reaction.status(500), Reaction.reset(), Reaction.hang(), Reaction.status(404));
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                for (int step = 1; step <= 4; step++) {
                    ticket.report(step, 10);
                    worker.platform.await(PlatformRequest::isProgress, step);
                }
                return TestWorker.result(job);
            });

            assertThat(worker.platform.awaitResults(1).getFirst().json().has("output"))
                    .isTrue();
            assertThat(worker.platform.requests(PlatformRequest::isProgress)).hasSize(4);
        }
    }

    @Test
    void reportingNeverKeepsTheGpuWaiting() throws Exception {
        var reported = new CompletableFuture<Void>();
        try (var worker = new TestWorker()) {
            worker.platform.script(Endpoint.DONE, Reaction.when(reported, Reaction.usual()));
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                ticket.report(0, 50);
                worker.platform.await(PlatformRequest::isProgress, 1);
                ticket.stored(TestWorker.inline(job, 0, 700_000));
                for (int step = 1; step <= 50; step++) {
                    ticket.report(step, 50);
                    ticket.checkCancelled();
                }
                assertThat(worker.platform.requests(Endpoint.DONE)).hasSize(1);
                reported.complete(null);
                return TestWorker.result(job);
            });

            assertThat(worker.platform.awaitResults(1)).hasSize(1);
        }
    }

    @Test
    void thePicturesOfABatchAreToldAsTheyAreMade() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                ticket.report(4, 12);
                ticket.stored(TestWorker.image(job, 0));
                worker.platform.await(post -> images(post) == 1, 1);
                ticket.report(8, 12);
                ticket.stored(TestWorker.image(job, 1));
                worker.platform.await(post -> images(post) == 2, 1);
                return TestWorker.result(job, TestWorker.image(job, 0), TestWorker.image(job, 1));
            });
            worker.platform.awaitResults(1);

            JsonNode told = worker.platform
                    .requests(PlatformRequest::isProgress)
                    .getLast()
                    .json()
                    .path("output");
            assertThat(told.path("value").asInt()).isEqualTo(8);
            assertThat(told.at("/images/1/url").asText()).isEqualTo("https://pictures.test/1.png");
            assertThat(told.at("/images/1").has("seed")).isTrue();
            assertThat(worker.platform.requests(Endpoint.STREAM)).isEmpty();
        }
    }

    @Test
    void picturesInsideProgressStaySmall() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                ticket.stored(TestWorker.inline(job, 0, 600_000));
                ticket.stored(TestWorker.inline(job, 1, 600_000));
                ticket.stored(TestWorker.inline(job, 2, 60_000));
                worker.platform.await(post -> images(post) == 3, 1);
                throw JobException.badInput("enough");
            });
            worker.platform.awaitResults(1);

            PlatformRequest told =
                    worker.platform.requests(post -> images(post) == 3).getLast();
            assertThat(told.body().length()).isLessThan(1_000_000);
            assertThat(told.json().at("/output/images/0").has("image")).isTrue();
            assertThat(told.json().at("/output/images/1").has("image")).isFalse();
            assertThat(told.json().at("/output/images/1/bytes").asInt()).isEqualTo(600_000);
            assertThat(told.json().at("/output/images/2").has("image")).isTrue();
        }
    }

    private static int value(PlatformRequest progress) {
        return progress.json().at("/output/value").asInt();
    }

    private static int images(PlatformRequest request) {
        return request.isProgress() ? request.json().at("/output/images").size() : 0;
    }
}
