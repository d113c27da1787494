package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.PING_RETRIES;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Wake;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the platform sees of a worker that was frozen, or restored from a snapshot, maybe as another worker. */
@Timeout(120)
class RestoredWorkerTest {
    private static final Wake FROZEN = new Wake(Wake.Cause.CLOCKS, Duration.ofHours(1), Duration.ofHours(1));
    private static final Wake COPY = new Wake(Wake.Cause.SIGNAL, Duration.ZERO, Duration.ofHours(1));

    @Test
    void aPollThatWaitsIsOpenedAgainAtOnceAndAJobIsDoneOnce() throws Exception {
        try (var worker = new TestWorker().work()) {
            worker.platform.await(Endpoint.TAKE, 1);
            Restored.happened(FROZEN);

            List<PlatformRequest> takes = worker.platform.await(Endpoint.TAKE, 2);
            assertThat(takes.get(1).since(takes.get(0))).isLessThan(TestWorker.LONG);
            worker.platform.offer("a", INPUT);
            worker.platform.awaitResults(1);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResultWhosePostTakesLongIsPostedOnce(Wake.Cause cause) throws Exception {
        var taken = new CompletableFuture<Void>();
        try (var worker = new TestWorker()) {
            worker.platform.rule(
                    Endpoint.DONE,
                    request -> request.isResult() ? Reaction.when(taken, Reaction.usual()) : Reaction.usual());
            worker.platform.offer("a", INPUT);
            worker.work();
            worker.platform.awaitResults(1);
            int stops = worker.platform.await(Endpoint.STOP, 1).size();

            Restored.happened(new Wake(cause, Duration.ofSeconds(8), Duration.ofSeconds(8)));
            worker.platform.await(Endpoint.STOP, stops + 1); // polls are over the new connections now
            taken.complete(null);
            worker.awaitJobs(0);

            assertThat(worker.platform.requests(PlatformRequest::isResult)).hasSize(1);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void aJobUnderWayIsDoneByTheSameWorker() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.work((ticket, job) -> {
                finish.await();
                return TestWorker.result(job);
            });
            worker.awaitHeld("a");
            Restored.happened(FROZEN);
            Restored.happened(COPY);
            finish.countDown();

            worker.platform.awaitResults(1);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("a", 1));
        }
    }

    @Test
    void aCopyThatIsAnotherWorkerTakesJobsAsThatOneAndLetsGoOfTheOldOnes() throws Exception {
        var name = new AtomicReference<>("worker-1");
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker(Map.of(), variables -> {
            Map<String, String> own = new HashMap<>(variables);
            own.put("RUNPOD_POD_ID", name.get());
            return own;
        })) {
            worker.platform.offer("old", INPUT);
            worker.work((ticket, job) -> {
                if (ticket.id().equals("old")) {
                    finish.await();
                }
                return TestWorker.result(job);
            });
            worker.awaitHeld("old");

            name.set("worker-2");
            Restored.happened(COPY);
            finish.countDown();
            worker.platform.await(ping -> ping.target().startsWith("/v2/ep/ping/worker-2"), 1);
            worker.platform.offer("new", INPUT);

            PlatformRequest result = worker.platform.awaitResults(1).getFirst();
            assertThat(result.target()).startsWith("/v2/ep/job-done/worker-2/new");
            worker.awaitJobs(0);
            assertThat(worker.platform.answers()).isEqualTo(Map.of("new", 1));
        }
    }

    @Test
    void theHeartbeatGoesOnAtOnceAlsoWhenAPingWasUnderWay() throws Exception {
        try (var platform = StandInPlatform.start(millis(2_000))) {
            platform.script(Endpoint.PING, Reaction.hang());
            RunPodIdentity identity = RunPodIdentity.of(platform::environment).orElseThrow();
            try (var unused = Heartbeat.start(identity, "Darkroom/0.1.0", Duration.ofMinutes(5), PING_RETRIES)) {
                platform.await(Endpoint.PING, 1);
                Restored.happened(FROZEN);
                platform.await(Endpoint.PING, 2);

                int before = platform.requests(Endpoint.PING).size();
                Eventually.await("another ping, for which nothing but a restore is a reason", () -> {
                    Restored.happened(FROZEN);
                    return platform.requests(Endpoint.PING).size() > before + 1;
                });
            }
        }
    }
}
