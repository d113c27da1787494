package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.Worker;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker is killed in the middle of a job, as {@code kill -9} and the kernel's memory killer do it: nothing accepted is lost. */
class CrashIT {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LONGEST_MINUTES = 5;
    private static final int STEPS_OF_FRAME = 4;
    private static final String FILM =
            "{\"input\": {\"type\": \"animation\", \"prompt\": \"a red circle\", \"size\": \"64x64\","
                    + " \"max_frames\": 60, \"num_inference_steps\": " + STEPS_OF_FRAME + "}}";

    @TempDir
    Path folder;

    @Test
    void jobsThatWereAcceptedAreDoneOnceAfterAKill() throws IOException, InterruptedException {
        int port = FreePort.find();
        String running;
        String waiting;
        String film;
        try (var first = new Worker(port, "first")) {
            first.awaitServing();
            running = post(port, "a green forest", 200).path("id").asText();
            waiting = post(port, "a red circle", 4).path("id").asText();
            first.awaitLog("job " + running + " step 20 of 200");
            first.kill();
        }
        assertThat(results()).isEmpty();

        try (var second = new Worker(port, "second")) {
            second.awaitServing();
            JsonNode done = awaitEnd(port, running);
            assertThat(done.path("status").asText()).as(done.toString()).isEqualTo("COMPLETED");
            assertThat(done.path("retries").asInt()).isEqualTo(1);
            assertThat(awaitEnd(port, waiting).path("status").asText()).isEqualTo("COMPLETED");
            String url = done.at("/output/images/0/url").asText();
            assertThat(get(url).statusCode()).isEqualTo(200);
            assertThat(Pattern.compile("job " + running + " completed")
                            .matcher(second.log())
                            .results()
                            .count())
                    .isEqualTo(1);
            assertThat(results()).hasSize(2);
            film = send(port, FILM).path("id").asText();
            Eventually.await("some frames are drawn", () -> frames() > 3);
            second.kill();
        }
        int drawn = frames();

        try (var third = new Worker(port, "third")) {
            third.awaitServing();
            JsonNode done = awaitEnd(port, running);
            assertThat(done.path("status").asText()).isEqualTo("COMPLETED");
            assertThat(get(done.at("/output/images/0/url").asText()).statusCode())
                    .isEqualTo(200);
            assertThat(third.log()).doesNotContain(running + " taken");

            JsonNode whole = awaitEnd(port, film);
            assertThat(whole.path("status").asText()).as(whole.toString()).isEqualTo("COMPLETED");
            assertThat(whole.path("retries").asInt()).isEqualTo(1);
            assertThat(whole.at("/output/images/0/frames").asInt()).isEqualTo(60);
            assertThat(get(whole.at("/output/images/0/url").asText()).body()).contains("ftyp");
            assertThat(firstFrameDrawn(third.log(), film))
                    .as("the frame after the last one that the other process drew")
                    .isEqualTo(drawn);
            assertThat(frames()).isZero();
        }
    }

    /** How many frames lie there for another try. */
    private int frames() throws IOException {
        Path frames = folder.resolve("data/frames");
        if (!Files.isDirectory(frames)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(frames)) {
            return Math.toIntExact(
                    files.filter(file -> file.getFileName().toString().matches(".*-frame-\\d+\\.png"))
                            .count());
        }
    }

    /** The first frame of which there are steps before its last one: a frame that was found has none of its own. */
    private static int firstFrameDrawn(String log, String job) {
        return Pattern.compile("job " + job + " step (\\d+) of " + 60 * STEPS_OF_FRAME)
                        .matcher(log)
                        .results()
                        .mapToInt(step -> Integer.parseInt(step.group(1)))
                        .filter(step -> step % STEPS_OF_FRAME != 0)
                        .min()
                        .orElseThrow()
                / STEPS_OF_FRAME;
    }

    @Test
    void aSecondWorkerOnTheSameFolderIsRefused() throws IOException, InterruptedException {
        int port = FreePort.find();
        try (var first = new Worker(port, "first")) {
            first.awaitServing();
            try (var second = new Worker(FreePort.find(), "second")) {
                second.awaitLog("another worker has the jobs in");
                assertThat(second.awaitEnd()).isNotZero();
            }

            String id = post(port, "a red circle", 4).path("id").asText();
            assertThat(awaitEnd(port, id).path("status").asText()).isEqualTo("COMPLETED");
        }
    }

    private List<Path> results() throws IOException {
        Path results = folder.resolve("data/results");
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(results)) {
            return files.filter(file -> file.toString().endsWith(".png")).toList();
        }
    }

    private static JsonNode awaitEnd(int port, String id) throws IOException, InterruptedException {
        Eventually.await(
                "job " + id + " ends",
                () -> List.of("COMPLETED", "FAILED", "CANCELLED")
                        .contains(status(port, id).path("status").asText()));
        return status(port, id);
    }

    private static JsonNode status(int port, String id) throws IOException, InterruptedException {
        return JSON.readTree(get("http://127.0.0.1:" + port + "/status/" + id).body());
    }

    private static JsonNode post(int port, String prompt, int steps) throws IOException, InterruptedException {
        return send(
                port,
                "{\"input\": {\"prompt\": \"" + prompt + "\", \"seed\": 1, \"num_inference_steps\": " + steps + "}}");
    }

    private static JsonNode send(int port, String body) throws IOException, InterruptedException {
        return JSON.readTree(send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/run"))
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .body());
    }

    private static HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** A process of {@code entrypoint.sh}, all of them with the same data; it ends with this, whatever happens. */
    private final class Worker implements AutoCloseable {
        private final int port;
        private final Path err;
        private final Process process;

        Worker(int port, String name) throws IOException {
            this.port = port;
            this.err = folder.resolve(name);
            var builder = new ProcessBuilder(HOME.resolve("entrypoint.sh").toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(err.toFile());
            List.of("DEVICE", "HOST", "DARKROOM_MODELS").forEach(builder.environment()::remove);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("DARKROOM_DATA", folder.resolve("data").toString());
            builder.environment().put("PORT", String.valueOf(port));
            builder.environment().put("QUARKUS_LOG_CATEGORY__DEV_DARKROOM__LEVEL", "DEBUG"); // a line a step
            process = builder.start();
        }

        void awaitServing() throws InterruptedException {
            Eventually.await(() -> "the worker serves; its log: " + err, () -> {
                assertThat(process.isAlive()).as(log()).isTrue();
                try {
                    return get("http://127.0.0.1:" + port + "/ping").statusCode() == 200;
                } catch (ConnectException notYet) {
                    return false;
                }
            });
        }

        void awaitLog(String text) throws InterruptedException {
            Eventually.await(() -> "\"" + text + "\" in " + err, () -> log().contains(text));
        }

        String log() throws IOException {
            return Files.readString(err);
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        int awaitEnd() throws InterruptedException {
            assertThat(process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
