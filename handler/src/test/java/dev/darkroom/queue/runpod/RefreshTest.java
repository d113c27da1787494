package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Ticket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker that wants to be replaced says so with its very last result. */
@Timeout(300)
class RefreshTest {
    @Test
    void afterSoManyJobsItAsksToBeReplacedAndEnds() throws Exception {
        try (var worker = new TestWorker(Map.of("refresh-after", "3"))) {
            for (String id : List.of("a", "b", "c", "d")) {
                worker.platform.offer(id, INPUT);
            }
            worker.work();
            worker.awaitEnd();
            worker.source.close();

            assertOnlyTheLastSaysFarewell(worker, 3);
            assertThat(worker.platform.waiting()).isEqualTo(1);
            assertThat(worker.source.isStopped()).isTrue();
        }
    }

    @Test
    void aResultThatIsStillOfferedComesBeforeTheFarewell() throws Exception {
        try (var worker = new TestWorker(Map.of("refresh-after", "2"))) {
            worker.platform.script(Endpoint.DONE, Reaction.status(500), Reaction.after(millis(100), Reaction.usual()));
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.work();
            worker.awaitEnd();
            worker.source.close();

            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1, "b", 1));
            assertOnlyTheLastSaysFarewell(worker, 3);
        }
    }

    @RepeatedTest(20) // the third job must not slip into the place of a lost one
    void aLostDeviceEndsIt() throws Exception {
        var both = new CountDownLatch(2);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.platform.offer("c", INPUT);
            worker.work((ticket, job) -> {
                both.countDown();
                both.await();
                throw new JobException(JobException.Code.DEVICE_LOST, "the GPU stopped working", null);
            });
            worker.awaitEnd();
            worker.source.close();

            assertThat(worker.platform.answers()).hasSize(2);
            assertThat(worker.platform.waiting()).isEqualTo(1);
            assertOnlyTheLastSaysFarewell(worker, 2);
        }
    }

    @Test
    void otherFailuresDoNotUnlessTheSettingsSaySo() throws Exception {
        try (var worker = new TestWorker().work(RefreshTest::outOfMemory)) {
            worker.platform.offer("a", INPUT);
            assertThat(worker.platform.awaitResults(1).getFirst().json().has("stopPod"))
                    .isFalse();
            assertThat(worker.source.isStopped()).isFalse();
        }
        try (var worker =
                new TestWorker(Map.of("refresh-on", "DEVICE_LOST,OUT_OF_MEMORY")).work(RefreshTest::outOfMemory)) {
            worker.platform.offer("a", INPUT);
            assertThat(worker.platform
                            .awaitResults(1)
                            .getFirst()
                            .json()
                            .path("stopPod")
                            .asBoolean())
                    .isTrue();
            worker.awaitEnd();
        }
    }

    @Test
    void aRefusedResultSaysFarewellToo() throws Exception {
        try (var worker = new TestWorker(Map.of("refresh-after", "1"))) {
            worker.platform.script(Endpoint.DONE, Reaction.status(400));
            worker.platform.offer("a", INPUT);
            worker.work();
            worker.awaitEnd();

            PlatformRequest last = worker.platform.awaitResults(2).getLast();
            assertThat(last.json().has("error")).isTrue();
            assertThat(last.json().path("stopPod").asBoolean()).isTrue();
        }
    }

    @Test
    void aWorkerThatIsOnlyStoppedDoesNotAskToBeReplaced() throws Exception {
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                worker.source.stop();
                return TestWorker.result(job);
            });

            assertThat(worker.platform.awaitResults(1).getFirst().json().has("stopPod"))
                    .isFalse();
        }
    }

    private static JobResult outOfMemory(Ticket ticket, Job job) {
        throw new JobException(JobException.Code.OUT_OF_MEMORY, "memory ran out", null);
    }

    private static void assertOnlyTheLastSaysFarewell(TestWorker worker, int posts) throws InterruptedException {
        List<PlatformRequest> results = worker.platform.awaitResults(posts);
        assertThat(results).hasSize(posts);
        assertThat(results.stream().map(post -> post.json().path("stopPod").asBoolean()))
                .containsOnlyOnce(true)
                .endsWith(true);
    }
}
