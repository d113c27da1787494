package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that the platform stops end without an answer, and the next ones are not touched. */
@Timeout(300)
class StopChannelTest {
    @Test
    void theWorkerListensBesideTheJobs() throws Exception {
        try (var worker = new TestWorker()) {
            PlatformRequest listening = worker.platform.await(Endpoint.STOP, 1).getFirst();

            assertThat(listening.method()).isEqualTo("GET");
            assertThat(listening.target()).isEqualTo("/v2/ep/job-stop/worker-1?gpu=NVIDIA+GeForce+RTX+4090");
            assertThat(listening.header("Authorization")).isEqualTo(StandInPlatform.KEY);
        }
    }

    @Test
    void aRunningJobEndsBetweenTwoSteps() throws Exception {
        List<String> begun = new CopyOnWriteArrayList<>();
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                begun.add(ticket.id());
                while (ticket.id().equals("a")) {
                    ticket.report(1, 2);
                    Thread.sleep(5);
                }
                return TestWorker.result(job);
            });
            worker.platform.await(PlatformRequest::isProgress, 1);
            worker.platform.stop("unknown", "a");
            worker.awaitJobs(0);
            worker.platform.offer("b", INPUT);

            assertThat(worker.platform.awaitResults(1))
                    .extracting(PlatformRequest::jobId)
                    .containsExactly("b");
            worker.source.close();
            assertThat(worker.platform.answers()).isEqualTo(Map.of("b", 1));
            assertThat(begun).containsExactly("a", "b");
        }
    }

    @Test
    void aJobThatWaitsNeverBegins() throws Exception {
        List<String> begun = new CopyOnWriteArrayList<>();
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer(
                    "[{\"id\": \"a\", \"input\": %1$s}, {\"id\": \"b\", \"input\": %1$s}, {\"id\": \"c\", \"input\": %1$s}, {\"id\": \"d\", \"input\": %1$s}]"
                            .formatted(INPUT));
            worker.work((ticket, job) -> {
                begun.add(ticket.id());
                finish.await();
                ticket.checkCancelled();
                return TestWorker.result(job);
            });
            Eventually.await("three have begun", () -> begun.size() == 3);
            worker.platform.stop("d");
            worker.awaitJobs(3);
            finish.countDown();

            worker.platform.awaitResults(3);
            worker.source.close();
            assertThat(worker.platform.answers()).containsOnlyKeys("a", "b", "c");
            assertThat(begun).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void aResultThatIsStillOfferedIsDropped() throws Exception {
        try (var worker = new TestWorker(Map.of("post-for", "10m"))) {
            worker.platform.rule(Endpoint.DONE, post -> Reaction.status(500));
            worker.platform.offer("a", INPUT);
            worker.work();
            worker.platform.awaitResults(2);

            worker.platform.stop("a");
            worker.awaitJobs(0);
            int posts = worker.platform.awaitResults(2).size();
            Thread.sleep(150);
            // one may have been on its way
            assertThat(worker.platform.awaitResults(2)).hasSizeBetween(posts, posts + 1);
        }
    }

    @Test
    void aStoppedJobThatIsSentAgainIsDone() throws Exception {
        var stopped = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                while (stopped.getCount() > 0) {
                    ticket.report(1, 2);
                    Thread.sleep(5);
                }
                return TestWorker.result(job);
            });
            worker.platform.await(PlatformRequest::isProgress, 1);
            worker.platform.stop("a");
            worker.awaitJobs(0);
            stopped.countDown();
            worker.platform.offer("a", INPUT);

            worker.platform.awaitResults(1);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void oddAnswersAreNoReasonToStopListening() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.await(Endpoint.STOP, 1);
            worker.platform.script(
                    Endpoint.STOP,
                    Reaction.json("{\"jobsToStop\": [5, null, {}]}"),
                    Reaction.json("{\"jobsToStop\": \"a\"}"),
                    Reaction.json("[]"),
                    new Reaction.Reply(200, "text/html", "<html>"),
                    Reaction.json(""),
                    Reaction.status(204),
                    Reaction.status(500),
                    Reaction.reset(),
                    Reaction.status(429));
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                while (finish.getCount() > 0) {
                    ticket.report(1, 2);
                    Thread.sleep(5);
                }
                return TestWorker.result(job);
            });
            worker.platform.await(PlatformRequest::isProgress, 1);
            worker.platform.stop("nobody");
            worker.platform.await(Endpoint.STOP, 11);
            assertThat(worker.source.jobs()).isEqualTo(1);

            worker.platform.stop("a");
            worker.awaitJobs(0);
            finish.countDown();
            worker.source.close();
            assertThat(worker.platform.answers()).isEmpty();
        }
    }

    @Test
    void aPlatformWithoutAStopChannelIsRarelyAsked() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.rule(Endpoint.STOP, unused -> Reaction.status(404));
            worker.platform.stop("wakes the first poll");
            List<PlatformRequest> polls = worker.platform.await(Endpoint.STOP, 3);

            assertThat(polls.get(2).since(polls.get(1))).isGreaterThanOrEqualTo(millis(290));
        }
    }
}
