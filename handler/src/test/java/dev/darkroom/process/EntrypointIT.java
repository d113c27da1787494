package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker as people start it: {@code ./entrypoint.sh}, with what was packaged. */
class EntrypointIT {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Ends a process that would never end; none comes near. */
    private static final long LONGEST_MINUTES = 5;

    @TempDir
    Path folder;

    private Path data = Path.of("");

    @BeforeEach
    void nameData() {
        data = folder.resolve("data");
    }

    @Test
    void aPayloadFileGivesAPicture() throws IOException, InterruptedException {
        Ended ended = run(Map.of(), "--payload", "test-payloads/flux-red-circle.json");

        assertThat(ended.exit()).as(ended.err()).isZero();
        JsonNode answer = ended.answer();
        assertThat(answer.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(answer.at("/output/seed").asLong()).isEqualTo(1);
        Path picture = Path.of(URI.create(answer.at("/output/images/0/url").asText()));
        assertThat(picture).isRegularFile().startsWith(data.resolve("pictures"));
        assertThat(Files.readAllBytes(picture)).startsWith(0x89, 'P', 'N', 'G');
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(128);
        assertThat(ended.err()).contains("ok installation", "ok operators", "ok weights of pocket-flux", "step 4 of 4");
    }

    /** A library that does nothing stands for the allocator: what counts is that the JVM has it, and says so. */
    @Test
    void theWorkerSaysWhichAllocatorItHas() throws IOException, InterruptedException {
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        Files.copy(
                Path.of(System.getProperty("java.home"), "lib/libjsig.so"),
                libraries.resolve("libtcmalloc_minimal.so.4"));
        for (var choice :
                Map.of("tcmalloc", "tcmalloc", "off", "that of the C library").entrySet()) {
            Ended ended = run(
                    Map.of("DARKROOM_ALLOCATOR", choice.getKey(), "LD_LIBRARY_PATH", libraries.toString()),
                    "--payload",
                    "test-payloads/flux-red-circle.json");

            assertThat(ended.exit()).as(ended.err()).isZero();
            assertThat(ended.err()).containsPattern("ok allocator \\d+ ms " + choice.getValue());
        }
    }

    @Test
    void aPayloadFileWithAnImageGivesAnEdit() throws IOException, InterruptedException {
        Ended ended = run(Map.of(), "--payload", "test-payloads/edit-match-input-image.json");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.answer().at("/output/model").asText()).isEqualTo("pocket-qwen-edit");
        Path picture =
                Path.of(URI.create(ended.answer().at("/output/images/0/url").asText()));
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(320);
    }

    @Test
    void aPathIsTakenFromWhereTheCallerStands() throws IOException, InterruptedException {
        Path payload = folder.resolve("my payload.json");
        Files.writeString(payload, "{\"input\": {\"prompt\": \"a red circle\", \"output_format\": \"webp\"}}");

        Ended ended = run(folder, Map.of(), "--payload", "my payload.json");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.answer().at("/output/images/0/url").asText()).endsWith(".webp");
    }

    @Test
    void aJobNeedsNoPort() throws IOException, InterruptedException {
        try (var taken = new ServerSocket(0)) {
            Ended ended = run(
                    Map.of("PORT", String.valueOf(taken.getLocalPort())),
                    "--payload",
                    "test-payloads/flux-red-circle.json");

            assertThat(ended.exit()).as(ended.err()).isZero();
        }
    }

    @Test
    void aRefusedPayloadGivesAnError() throws IOException, InterruptedException {
        Ended ended = run(Map.of(), "--payload", "test-payloads/refused-width.json");

        assertFailed(ended, "BAD_INPUT", "width: must be from 64 to 4096, not 20000");
        assertThat(data.resolve("pictures")).doesNotExist();
    }

    @Test
    void aFaultyPayloadIsAnsweredBeforeAnythingIsStarted() throws IOException, InterruptedException {
        for (String payload : List.of("nowhere.json", "docs", "test-payloads/refused-width.json")) {
            Ended ended = run(Map.of(), "--payload", payload);

            assertFailed(ended, "BAD_INPUT", payload.contains("width") ? "width: " : "the payload file cannot be read");
            assertThat(ended.err()).doesNotContain(" INFO ", "ok operators", "at dev.darkroom");
        }
    }

    @Test
    void onlyTheModelThatDoesTheJobIsLoaded() throws IOException, InterruptedException {
        Ended ended = run(Map.of(), "--payload", "test-payloads/edit-match-input-image.json");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("loaded vae of pocket-qwen-edit").doesNotContain("loaded vae of pocket-flux");
    }

    @Test
    void aJobThatNoModelCanDoIsRefusedBeforeAnyIsLoaded() throws IOException, InterruptedException {
        Path payload = Files.writeString(
                folder.resolve("edit.json"), "{\"input\": {\"prompt\": \"a car\", \"model\": \"pocket-qwen-edit\"}}");

        Ended ended = run(Map.of(), "--payload", payload.toString());

        assertFailed(ended, "BAD_INPUT", "image");
        assertThat(ended.err()).doesNotContain("ok operators", "loaded ");
    }

    /** What a process does after its answer nobody waits for gladly; a busy machine may need more than one try to show it. */
    @Test
    void theProcessEndsWithItsAnswer() throws IOException, InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10 && least > 500; i++) {
            try (var job = new Running(HOME, Map.of(), "--payload", "test-payloads/flux-red-circle.json")) {
                Eventually.await(
                        () -> "an answer; the log: " + job.err,
                        () -> Files.readString(job.out).endsWith("}\n"));
                long answered = System.nanoTime();
                assertThat(job.await().exit()).isZero();
                least = Math.min(least, (System.nanoTime() - answered) / 1_000_000);
            }
        }
        assertThat(least).as("milliseconds from the answer to the end").isLessThan(500);
    }

    @Test
    void lettersOfAllLanguagesStandInNamesOfFilesWhateverTheLocaleIs() throws IOException, InterruptedException {
        Path roots = Files.createDirectories(folder.resolve("b\u00fccher"));
        Files.copy(HOME.resolve("test-payloads/images/house.png"), roots.resolve("h\u00e4us.png"));
        Path payload = Files.writeString(
                folder.resolve("edit.json"),
                "{\"input\": {\"image\": \"h\u00e4us.png\", \"prompt\": \"make it night\"}}");

        Ended ended = run(
                Map.of(
                        "LC_ALL",
                        "C",
                        "LANG",
                        "C",
                        "DARKROOM_SOURCES_ROOTS",
                        roots.toString(),
                        "DARKROOM_DATA",
                        folder.resolve("d\u00e4t\u00e4").toString()),
                "--payload",
                payload.toString());

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(Path.of(URI.create(ended.answer().at("/output/images/0/url").asText())))
                .isRegularFile()
                .startsWith(folder.resolve("d\u00e4t\u00e4"));
    }

    @Test
    void aServerNamesEverySettingAtFault() throws IOException, InterruptedException {
        Ended ended = run(Map.of("DARKROOM_MODEL", "x=y", "DARKROOM_MEMORY", "20", "DARKROOM_DTYPE", "fp16"));

        assertThat(ended.exit()).isEqualTo(15);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains(
                        "FAIL environment: DARKROOM_MODEL: is no setting of this worker; did you mean DARKROOM_MODELS?",
                        "FAIL environment: DARKROOM_MEMORY: must be a size",
                        "FAIL environment: DARKROOM_DTYPE: must be one of float32, bfloat16, not 'fp16'")
                .doesNotContain("SRCFG", " INFO ");
    }

    @Test
    void aPayloadThatIsNoJsonGivesAnError() throws IOException, InterruptedException {
        assertFailed(run(Map.of(), "--payload", "entrypoint.sh"), "BAD_INPUT", "no valid JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pocket", "=here", "mine=/no/such/folder", "mine=startup-checks", "mine=startup-checks,mine"})
    void modelsThatAreNotThereGiveAnError(String models) throws IOException, InterruptedException {
        Ended ended = run(Map.of("DARKROOM_MODELS", models), "--payload", "test-payloads/flux-red-circle.json");

        assertFailed(ended, "INTERNAL", models.startsWith("mine=startup-checks") ? "mine" : "DARKROOM_MODELS");
        assertThat(ended.err()).contains("FAIL ");
    }

    @Test
    void aCardThatIsNotThereGivesAnError() throws IOException, InterruptedException {
        Ended ended = run(
                Map.of("DEVICE", "cuda", "CUDA_VISIBLE_DEVICES", "-1"),
                "--payload",
                "test-payloads/flux-red-circle.json");

        assertFailed(ended, "INTERNAL", "DEVICE=cuda, but no CUDA driver or card answers");
        assertThat(ended.err()).contains("FAIL device: DEVICE=cuda, but no CUDA driver or card answers");
    }

    @Test
    void aServerWithoutItsCardEnds() throws IOException, InterruptedException {
        Ended ended = run(Map.of("DEVICE", "cuda", "CUDA_VISIBLE_DEVICES", "-1"));

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("FAIL device: DEVICE=cuda, but no CUDA driver or card answers");
    }

    @Test
    void aServerThatOthersReachWantsAKey() throws IOException, InterruptedException {
        for (String variable : List.of("HOST", "QUARKUS_HTTP_HOST")) {
            Ended ended = run(Map.of(variable, "0.0.0.0"));

            assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
            assertThat(ended.err())
                    .contains(
                            "FAIL start: HOST=0.0.0.0 lets other machines call this worker", "DARKROOM_HTTP_OPEN=true")
                    .doesNotContain("READY");
        }
    }

    @Test
    void aDeviceThatDoesNotExistIsNamed() throws IOException, InterruptedException {
        Ended ended = run(Map.of("DEVICE", "tpu"), "--payload", "test-payloads/flux-red-circle.json");

        assertFailed(ended, "INTERNAL", "DEVICE: must be one of auto, cpu, cuda, not 'tpu'");
        assertThat(ended.err())
                .contains(
                        "FAIL environment: DEVICE: must be cuda, cpu or auto, not 'tpu'",
                        "FAIL environment: DEVICE: must be one of auto, cpu, cuda, not 'tpu'")
                .doesNotContain("SRCFG");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--payload", "--payload a b", "x"})
    void unknownArgumentsAreRefused(String arguments) throws IOException, InterruptedException {
        Ended ended = run(Map.of(), arguments.split(" ", -1));

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("unknown arguments").contains("usage:");
    }

    @Test
    void dataThatCannotBeWrittenIsNamed() throws IOException, InterruptedException {
        Files.writeString(data, "a file where the folder should be");

        Ended ended = run(Map.of(), "--payload", "test-payloads/flux-red-circle.json");

        assertThat(ended.exit()).isEqualTo(12);
        assertThat(ended.err()).contains("FAIL installation: results cannot be written to " + data);
    }

    @Test
    void theServerDoesAJobAndEndsWhenAsked() throws IOException, InterruptedException {
        int port = FreePort.find();
        Path loaded = folder.resolve("loaded");
        Map<String, String> variables = Map.of(
                "PORT",
                String.valueOf(port),
                "JDK_JAVA_OPTIONS",
                "-Xlog:class+load=info:file=" + loaded + "::filecount=0");
        try (var server = new Running(HOME, variables)) {
            server.awaitServing(port);

            JsonNode answer = JSON.readTree(post(port, "/runsync", "'prompt': 'a red circle', 'seed': 5"));
            assertThat(answer.path("status").asText()).isEqualTo("COMPLETED");
            String url = answer.at("/output/images/0/url").asText();
            assertThat(url).startsWith("http://127.0.0.1:" + port + "/results/");
            assertThat(get(URI.create(url)).statusCode()).isEqualTo(200);

            server.terminate();
            Ended ended = server.await();
            assertThat(ended.exit()).as(ended.err()).isIn(0, 143);
            assertThat(ended.out()).isEmpty();
            try (Stream<Path> results = Files.list(data.resolve("results"))) {
                assertThat(results).hasSize(1);
            }
        }
        // nobody has said where traces go
        assertThat(Files.readString(loaded)).contains("dev.darkroom.Serving ").doesNotContain(" io.opentelemetry.");
    }

    @Test
    void theServerEndsWhileJobsRunAndWait() throws IOException, InterruptedException {
        int port = FreePort.find();
        try (var server = new Running(HOME, Map.of("PORT", String.valueOf(port)))) {
            server.awaitServing(port);
            for (int i = 0; i < 5; i++) {
                post(port, "/run", "'prompt': 'a green forest', 'num_inference_steps': 200");
            }
            server.awaitErr("step 1 of 200");

            server.terminate();
            Ended ended = server.await();
            assertThat(ended.exit()).as(ended.err()).isIn(0, 143);
            assertThat(ended.err())
                    .doesNotContain("SIGSEGV", "fatal error")
                    .contains("step 200 of 200", " completed: ", "stopping: ", " running, which are finished first");
            assertThat(results()).isNotEmpty();
        }
    }

    /** What the server has stored. */
    private List<Path> results() throws IOException {
        if (!Files.isDirectory(data.resolve("results"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(data.resolve("results"))) {
            return files.toList();
        }
    }

    @Test
    void aCallerWhoWaitsForARunningJobStillGetsItsResult() throws Exception {
        int port = FreePort.find();
        try (var server = new Running(HOME, Map.of("PORT", String.valueOf(port)));
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            server.awaitServing(port);
            Future<String> answer = callers.submit(
                    () -> post(port, "/runsync", "'prompt': 'a green forest', 'num_inference_steps': 200"));
            server.awaitErr("step 1 of 200");
            server.terminate();

            assertThat(JSON.readTree(answer.get()).path("status").asText()).isEqualTo("COMPLETED");
            assertThat(server.await().exit()).isIn(0, 143);
        }
    }

    private static void assertFailed(Ended ended, String type, String message) throws IOException {
        assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
        JsonNode answer = ended.answer();
        assertThat(answer.path("status").asText()).isEqualTo("FAILED");
        assertThat(answer.path("error_type").asText()).isEqualTo(type);
        assertThat(answer.path("error").asText()).contains(message);
    }

    private Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return run(HOME, environment, arguments);
    }

    private Ended run(Path directory, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        try (var running = new Running(directory, environment, arguments)) {
            return running.await();
        }
    }

    private static String post(int port, String path, String fields) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"input\": {" + fields.replace('\'', '"') + "}}")))
                .body();
    }

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** How a process ended, and what it wrote. */
    private record Ended(int exit, String out, String err) {
        /** Standard output, which must be one JSON document and nothing else. */
        JsonNode answer() throws IOException {
            return JSON.readTree(out);
        }
    }

    /** A process of {@code entrypoint.sh}; it ends with this, whatever happens. */
    private final class Running implements AutoCloseable {
        private final Path out = folder.resolve("out");
        private final Path err = folder.resolve("err");
        private final Process process;

        Running(Path directory, Map<String, String> environment, String... arguments) throws IOException {
            var command = Stream.concat(Stream.of(HOME.resolve("entrypoint.sh").toString()), Stream.of(arguments))
                    .toList();
            var builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            List.of("DEVICE", "HOST", "DARKROOM_MODELS").forEach(builder.environment()::remove);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("DARKROOM_DATA", data.toString());
            builder.environment().put("PORT", "0");
            builder.environment().put("QUARKUS_LOG_CATEGORY__DEV_DARKROOM__LEVEL", "DEBUG"); // a line a step
            builder.environment().putAll(environment);
            process = builder.start();
        }

        void awaitServing(int port) throws InterruptedException {
            Eventually.await(() -> "the server serves; its log: " + err, () -> {
                assertThat(process.isAlive()).as(err()).isTrue();
                try {
                    return get(URI.create("http://127.0.0.1:" + port + "/ping")).statusCode() == 200;
                } catch (ConnectException notYet) {
                    return false;
                }
            });
        }

        void awaitErr(String text) throws InterruptedException {
            Eventually.await(() -> "\"" + text + "\" in " + err, () -> err().contains(text));
        }

        String err() throws IOException {
            return Files.readString(err);
        }

        /** SIGTERM, as container runtimes send it. */
        void terminate() {
            process.destroy();
        }

        Ended await() throws IOException, InterruptedException {
            assertThat(process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES))
                    .as(err())
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(out), err());
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
        }
    }
}
