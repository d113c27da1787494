package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.job.Eventually;
import dev.darkroom.queue.runpod.Endpoint;
import dev.darkroom.queue.runpod.PlatformRequest;
import dev.darkroom.queue.runpod.StandInPlatform;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker is frozen under jobs, as a platform that makes snapshots freezes it, and goes on: no job is lost, none done twice. */
class FrozenWorkerIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Longer than what the worker takes for a busy machine. */
    private static final Duration FREEZE = Duration.ofSeconds(8);

    private static final Pattern SLEPT = Pattern.compile("this process was not there for ([0-9.E-]+) s");

    /** What two times in whole milliseconds may lose. */
    private static final Duration ROUNDED = Duration.ofMillis(2);

    private static final String SHORT = "{\"prompt\": \"a circle\", \"width\": 64, \"height\": 64}";

    /** Takes seconds on a fast machine and less than a minute on a busy one: it has to be under way when the worker is frozen. */
    private static final String LONG = "{\"prompt\": \"a forest\", \"num_inference_steps\": 200, \"num_outputs\": 2}";

    @TempDir
    Path folder;

    private final StandInPlatform platform = StandInPlatform.start(Duration.ofSeconds(60));

    @Test
    void jobsGoOnOnceThePlatformHearsOfItAtOnceAndPollsAreOpenedAgain() throws Exception {
        Map<String, String> environment = new HashMap<>(platform.environment());
        environment.put("RUNPOD_PING_INTERVAL", "60000");
        try (platform;
                var worker = WorkerProcess.start(folder, environment)) {
            worker.awaitReady();
            long begun = System.nanoTime();
            String local = post(worker, "{\"input\": " + LONG + "}");
            long accepted = System.nanoTime();
            awaitStarted(worker, local);
            platform.offer("first", SHORT);
            platform.await(Endpoint.TAKE, 2); // the job was taken, and another poll is open
            int pings = platform.requests(Endpoint.PING).size();
            int polls = platform.requests(Endpoint.TAKE).size();

            assertThat(isUnderWay(worker, local))
                    .as("the job is under way when the worker is frozen")
                    .isTrue();
            signal("STOP", worker);
            Thread.sleep(FREEZE);
            signal("CONT", worker);

            // both have an interval of a minute: what comes now, comes because of the freeze
            platform.await(Endpoint.PING, pings + 1);
            platform.await(Endpoint.TAKE, polls + 1);
            platform.offer("second", SHORT);
            var underWay = new AtomicLong(accepted);
            Eventually.await(
                    "all three jobs have ended",
                    () -> !isUnderWay(worker, local, underWay)
                            && platform.answers().size() == 2);
            JsonNode ended = awaitEnd(worker, local);
            Duration all = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(ended.path("status").asText()).isEqualTo("COMPLETED");
            assertThat(ended.path("executionTime").asLong())
                    .as("the time in which nobody ran is none of the job's: %s", ended)
                    .isLessThanOrEqualTo(all.minus(FREEZE).toMillis());

            assertThat(slept(worker)).isGreaterThanOrEqualTo(FREEZE);
            assertThat(ended.path("delayTime").asLong()
                            + ended.path("executionTime").asLong())
                    .as("the time in which it waited and ran is the job's: %s", ended)
                    .isGreaterThanOrEqualTo(Duration.ofNanos(underWay.get() - accepted)
                            .minus(slept(worker))
                            .minus(ROUNDED)
                            .toMillis());

            assertThat(platform.answers()).isEqualTo(Map.of("first", 1, "second", 1));
            assertThat(platform.requests(PlatformRequest::isResult))
                    .allSatisfy(result -> assertThat(result.json().has("error"))
                            .as(result.json().toString())
                            .isFalse());
            assertThat(worker.log()).contains("this process was not there for ").doesNotContain("Exception");
            for (String id : List.of("first", "second", local)) {
                assertThat(Pattern.compile("job " + id + " completed")
                                .matcher(worker.log())
                                .results())
                        .as(worker.log())
                        .hasSize(1);
            }
        }
    }

    @Test
    void aWorkerThatIsToldOfARestoreTakesTheNameOfItsNewPlaceAndNewRandomNumbers() throws Exception {
        Path variables = folder.resolve("restored.env");
        Map<String, String> environment = new HashMap<>(platform.environment());
        environment.put("DARKROOM_RESTORED_ENVIRONMENT", variables.toString());
        try (platform;
                var worker = WorkerProcess.start(folder, environment)) {
            worker.awaitReady();
            platform.await(Endpoint.TAKE, 1);
            Files.writeString(variables, "RUNPOD_POD_ID=worker-2\n");

            signal("USR1", worker);

            platform.await(
                    take -> take.target().contains("/job-take/worker-2") && Endpoint.TAKE.equals(take.endpoint()), 1);
            platform.await(ping -> ping.target().startsWith("/v2/ep/ping/worker-2"), 1);
            assertThat(worker.log()).contains("this process was restored, says a signal", "random numbers");
        }
    }

    @Test
    void aRestoredWorkerWhoseDataFolderIsAnotherOnesEndsAndWritesNothing() throws Exception {
        try (platform;
                var worker = WorkerProcess.start(folder, Map.of())) {
            worker.awaitReady();
            Path jobs = worker.data().resolve("jobs");
            Files.move(jobs, folder.resolve("elsewhere"));
            Files.createDirectories(jobs);
            Path others = Files.writeString(jobs.resolve("jobs.mv"), "another worker's");

            signal("USR1", worker);

            assertThat(worker.awaitEnd(Eventually.NEVER)).isEqualTo(1);
            assertThat(worker.log()).contains("another worker may have the data folder");
            assertThat(others).hasContent("another worker's");
            try (Stream<Path> files = Files.list(jobs)) {
                assertThat(files).containsExactly(others);
            }
        }
    }

    private static void signal(String name, WorkerProcess worker) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, String.valueOf(worker.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    /** The time in which nobody ran, as the worker counts it: from when it last looked at the clocks. */
    private static Duration slept(WorkerProcess worker) throws IOException {
        return SLEPT.matcher(worker.log())
                .results()
                .map(said -> Duration.ofMillis(Math.round(Double.parseDouble(said.group(1)) * 1_000)))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static boolean isUnderWay(WorkerProcess worker, String id) throws IOException, InterruptedException {
        return status(worker, id).path("status").asText().equals("IN_PROGRESS");
    }

    /** @param seen gets a time at which it was */
    private static boolean isUnderWay(WorkerProcess worker, String id, AtomicLong seen)
            throws IOException, InterruptedException {
        long asked = System.nanoTime();
        boolean is = isUnderWay(worker, id);
        if (is) {
            seen.set(asked);
        }
        return is;
    }

    private static void awaitStarted(WorkerProcess worker, String id) throws InterruptedException {
        Eventually.await("job " + id + " has started", () -> isUnderWay(worker, id));
    }

    private static JsonNode awaitEnd(WorkerProcess worker, String id) throws IOException, InterruptedException {
        Eventually.await(
                "job " + id + " has ended",
                () -> !List.of("IN_QUEUE", "IN_PROGRESS")
                        .contains(status(worker, id).path("status").asText()));
        return status(worker, id);
    }

    private static JsonNode status(WorkerProcess worker, String id) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(at(worker, "/status/" + id)));
    }

    private static String post(WorkerProcess worker, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(at(worker, "/run")).POST(HttpRequest.BodyPublishers.ofString(body)))
                .path("id")
                .asText();
    }

    private static URI at(WorkerProcess worker, String path) {
        return URI.create("http://127.0.0.1:" + worker.port() + path);
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return JSON.readTree(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
    }
}
