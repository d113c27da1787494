package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.AT_ONCE;
import static dev.darkroom.queue.runpod.TestWorker.INPUT;
import static dev.darkroom.queue.runpod.TestWorker.LONG;
import static dev.darkroom.queue.runpod.TestWorker.PING_RETRIES;
import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.logs.LogTap;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The platform hears that the worker lives, whatever the worker does. */
@Timeout(300)
class HeartbeatTest {
    private static final String PING = "/v2/ep/ping/worker-1?";
    private static final String VERSION = "runpod_version=Darkroom%2F0.1.0";

    private final StandInPlatform platform = StandInPlatform.start(millis(2_000));

    @AfterEach
    void close() {
        platform.close();
    }

    @Test
    void anIdleWorkerTellsNoJobs() throws Exception {
        try (var unused = start(millis(20))) {
            PlatformRequest ping = platform.await(Endpoint.PING, 3).getFirst();

            assertThat(ping.target()).isEqualTo(PING + VERSION);
            assertThat(ping.method()).isEqualTo("GET");
            assertThat(ping.header("Authorization")).isEqualTo(StandInPlatform.KEY);
        }
    }

    @Test
    void jobsAreToldByTheirIds() throws Exception {
        try (var heartbeat = start(millis(20))) {
            heartbeat.follow(() -> List.of("job-1", "job-2"));

            platform.await(ping -> ping.target().equals(PING + "job_id=job-1%2Cjob-2&" + VERSION), 1);
            assertThat(platform.requests(Endpoint.PING)).isNotEmpty();
        }
    }

    @Test
    void runningAndWaitingJobsAreToldAndFinishedOnesAreNot() throws Exception {
        var finish = new CountDownLatch(1);
        try (var worker = new TestWorker()) {
            worker.platform.offer("a", INPUT);
            worker.platform.offer("b", INPUT);
            worker.work((ticket, job) -> {
                finish.await();
                return TestWorker.result(job);
            });

            worker.platform.await(ping -> ping.target().contains("job_id=a%2Cb&"), 1);
            finish.countDown();
            worker.awaitJobs(0);
            int before = worker.platform.requests(Endpoint.PING).size();
            assertThat(worker.platform
                            .await(Endpoint.PING, before + 2)
                            .getLast()
                            .target())
                    .isEqualTo(PING + VERSION);
        }
    }

    @Test
    void itGoesOnWhileAllProcessorsAreBusy() throws Exception {
        var busy = new AtomicBoolean(true);
        List<Thread> threads = Stream.generate(
                        () -> Thread.ofPlatform().daemon().unstarted(() -> burn(busy)))
                .limit(2L * Runtime.getRuntime().availableProcessors())
                .toList();
        threads.forEach(Thread::start);
        long start = System.nanoTime();
        try (var unused = start(millis(100))) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 12);

            assertThat(after(start, pings.get(11))).isBetween(millis(1_100), AT_ONCE);
        } finally {
            busy.set(false);
        }
    }

    @Test
    void aPingThatIsNotHeardIsTriedAgain() throws Exception {
        platform.script(
                Endpoint.PING, Reaction.status(503), Reaction.status(429), Reaction.status(500), Reaction.status(502));
        try (var unused = start(LONG)) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 4);

            assertThat(pings.get(3).since(pings.get(0))).isBetween(millis(55), AT_ONCE);
        }
    }

    @Test
    void aPingThatIsNeverHeardIsTriedAgainThreeTimes() throws Exception {
        platform.rule(Endpoint.PING, unused -> Reaction.status(503));
        long start = System.nanoTime();
        try (var unused = start(millis(1_000))) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 5);

            assertThat(after(start, pings.get(4))).isGreaterThanOrEqualTo(millis(1_000));
        }
    }

    @Test
    void aBrokenConnectionIsTriedAgain() throws Exception {
        platform.script(Endpoint.PING, Reaction.reset());
        long start = System.nanoTime();
        try (var unused = start(LONG)) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 2);

            assertThat(after(start, pings.get(1))).isLessThan(AT_ONCE);
        }
    }

    @Test
    void aRefusedPingIsNotTriedAgain() throws Exception {
        platform.script(Endpoint.PING, Reaction.status(401));
        long start = System.nanoTime();
        try (var unused = start(millis(300))) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 2);

            assertThat(after(start, pings.get(1))).isGreaterThanOrEqualTo(millis(300));
        }
    }

    @Test
    void aPlatformThatDoesNotAnswerKeepsItUpForTwoIntervals() throws Exception {
        platform.script(Endpoint.PING, Reaction.hang());
        long start = System.nanoTime();
        try (var unused = start(millis(150))) {
            List<PlatformRequest> pings = platform.await(Endpoint.PING, 2);

            assertThat(after(start, pings.get(1))).isBetween(millis(300), AT_ONCE);
        }
    }

    @Test
    void withoutAnAddressThereIsNoHeartbeat() {
        Map<String, String> variables = new HashMap<>(platform.environment());
        variables.remove("RUNPOD_WEBHOOK_PING");
        RunPodEnvironment environment = RunPodEnvironment.from(variables).orElseThrow();

        try (var log = new LogTap(RunPodSource.class);
                var unused = Heartbeat.start(RunPodIdentity.fixed(environment), TestWorker.settings(Map.of()))) {
            assertThat(log.text()).contains("no heartbeat");
        }
    }

    @Test
    void aWorkerThatCannotStartSaysWhyOnce() throws Exception {
        platform.script(Endpoint.PING, Reaction.status(500));

        Heartbeat.reportUnhealthy(
                environment(), TestWorker.settings(Map.of()), "weights", "shard 3 & 4 " + "x".repeat(400));

        List<PlatformRequest> pings = platform.await(Endpoint.PING, 1);
        assertThat(pings).hasSize(1);
        assertThat(pings.getFirst().target())
                .isEqualTo(PING + "status=unhealthy&check=weights&reason=shard+3+%26+4+" + "x".repeat(244) + "&"
                        + VERSION);
    }

    @Test
    void aPlatformThatDoesNotListenDoesNotKeepTheProcess() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Map<String, String> variables = new HashMap<>(platform.environment());
            variables.put("RUNPOD_WEBHOOK_PING", "http://127.0.0.1:" + silent.getLocalPort() + "/ping/$RUNPOD_POD_ID");
            RunPodEnvironment environment = RunPodEnvironment.from(variables).orElseThrow();
            long start = System.nanoTime();

            Heartbeat.reportUnhealthy(environment, TestWorker.settings(Map.of()), "gpu", "none");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(millis(1_500), AT_ONCE);
        }
    }

    private RunPodEnvironment environment() {
        return RunPodEnvironment.from(platform.environment()).orElseThrow();
    }

    private Heartbeat start(Duration interval) {
        return Heartbeat.start(RunPodIdentity.fixed(environment()), "Darkroom/0.1.0", interval, PING_RETRIES);
    }

    private static Duration after(long start, PlatformRequest ping) {
        return Duration.ofNanos(ping.nanos() - start);
    }

    private static double burn(AtomicBoolean busy) {
        double sum = 0;
        while (busy.get()) {
            sum += Math.sin(sum + 1);
        }
        return sum;
    }
}
