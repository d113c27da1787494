package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.transfer.Digest;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hubs and networks that fail: what can pass is tried again from where it broke, what cannot says what to do. */
class HubFaultsTest {
    private static final Repository MAIN = new Repository(TestHub.NAME, "main");
    private static final String TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors";
    private static final String VAE = "vae/diffusion_pytorch_model.safetensors";
    private static final int ALWAYS = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private TestHub hub = new TestHub();
    private TestHubSettings settings = new TestHubSettings(hub.address(), Path.of(""));

    HubFaultsTest() throws IOException {}

    @BeforeEach
    void publish() throws IOException {
        hub.close();
        hub = TestHub.with(TestCheckpoints.POCKET_FLUX);
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private Path download() throws InterruptedException {
        return new Models(settings).locate(MAIN).folder();
    }

    private void assertDownloads() throws IOException, InterruptedException {
        Map<String, byte[]> expected = new TreeMap<>(TestCheckpoints.contents(TestCheckpoints.POCKET_FLUX));
        Map<String, byte[]> actual = TestCheckpoints.contents(download());
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach(
                (path, content) -> assertThat(actual.get(path)).as(path).isEqualTo(content));
    }

    private long allBytes() throws IOException {
        return TestCheckpoints.contents(TestCheckpoints.POCKET_FLUX).entrySet().stream()
                .mapToLong(file -> file.getValue().length)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 408, 429})
    void whatCanPassIsTriedAgain(int status) throws IOException, InterruptedException {
        hub.when(request -> request.path().startsWith("/api/"), 2, TestHub.status(status));
        hub.when(request -> request.path().contains(TRANSFORMER), 3, TestHub.status(status, "Retry-After", "0"));
        hub.when(request -> request.path().contains("vae/config.json"), 3, TestHub.status(status));

        assertDownloads();
    }

    @Test
    void theServerSaysWhenToComeBack() throws IOException, InterruptedException {
        hub.when(request -> request.path().startsWith("/api/"), 1, TestHub.status(429, "Retry-After", "1"));
        long start = System.nanoTime();

        assertDownloads();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(990));
    }

    @Test
    void whatDoesNotPassIsGivenUp() {
        hub.when(request -> request.path().startsWith("/api/"), ALWAYS, TestHub.status(500));

        assertThatThrownBy(this::download)
                .isInstanceOf(HubException.class)
                .hasMessageContaining("4 attempts failed: the server answers 500");
        assertThat(hub.asked).hasSize(4);
    }

    @Test
    void whoKeepsPeopleWaitingIsToldAtTheFirstFailure() throws Exception {
        int port;
        try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        settings = new TestHubSettings(URI.create("http://localhost:" + port), folder.resolve("hub"));
        List<String> said = new CopyOnWriteArrayList<>();
        Handler tap = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("dev.darkroom.hub");
        log.addHandler(tap);
        try {
            assertThatThrownBy(this::download).isInstanceOf(HubException.class);
        } finally {
            log.removeHandler(tap);
        }

        assertThat(said.getFirst()).isEqualTo("INFO " + MAIN + " is in no cache: asking localhost for it");
        assertThat(said.get(1)).matches("WARN\\w* localhost: the list of files of .*: .*; attempt 2 of 4 in [0-9.]+ s");
        assertThat(said).hasSize(4);
    }

    @Test
    void aCutConnectionGoesOnWhereItBroke() throws IOException, InterruptedException {
        hub.when(request -> request.ofCdn() && request.path().contains(TRANSFORMER), 12, hub.cut());

        assertDownloads();

        // what was sent before a cut may not all have arrived
        assertThat(hub.sent.get()).isLessThan(2 * allBytes());
        assertThat(hub.asked(TRANSFORMER)).hasSizeGreaterThan(19);
    }

    @Test
    void anAddressThatRanOutIsAskedForAgain() throws IOException, InterruptedException {
        hub.when(TestHub.Asked::ofCdn, 3, TestHub.status(403));

        assertDownloads();
    }

    @Test
    void aServerThatFallsSilentIsLeft() throws IOException, InterruptedException {
        settings = settings.withSilence(Duration.ofMillis(300));
        var end = new CountDownLatch(1);
        hub.when(request -> request.ofCdn() && request.path().contains(VAE), 1, (exchange, body) -> {
            exchange.sendResponseHeaders(206, body.length);
            exchange.getResponseBody().write(body, 0, 100);
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        assertDownloads();
        end.countDown();
    }

    @Test
    void aServerWithoutRangesSendsWholeFiles() throws IOException, InterruptedException {
        hub.when(request -> request.ofCdn() && request.range().isPresent(), ALWAYS, (exchange, part) -> {
            byte[] whole = hub.content(exchange.getRequestURI().getPath().replaceAll(".*/resolve/[^/]+/", ""));
            exchange.getResponseHeaders().remove("Content-Range");
            exchange.sendResponseHeaders(200, whole.length);
            exchange.getResponseBody().write(whole);
        });
        hub.when(request -> request.ofCdn() && request.path().contains(VAE), 2, hub.cut());

        assertDownloads();
    }

    @Test
    void aServerThatSendsAnotherRangeIsNotBelieved() {
        hub.when(request -> request.ofCdn() && request.range().isPresent(), ALWAYS, (exchange, body) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 7-" + (body.length + 6) + "/6405680");
            exchange.sendResponseHeaders(206, body.length);
            exchange.getResponseBody().write(body);
        });

        assertThatThrownBy(this::download).hasMessageContaining("the server sends bytes 7-");
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSFORMER, "tokenizer/vocab.json"})
    void wrongBytesAreFetchedAgain(String file) throws IOException, InterruptedException {
        hub.when(request -> sends(request, file), 1, HubFaultsTest::garble);

        assertDownloads();
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSFORMER, "tokenizer/vocab.json"})
    void wrongBytesNeverGetAName(String file) throws IOException {
        hub.when(request -> sends(request, file), ALWAYS, HubFaultsTest::garble);

        assertThatThrownBy(this::download)
                .isInstanceOf(HubException.class)
                .hasMessageContaining(file)
                .hasMessageContaining("another content than the hub lists (SHA-");
        assertThat(folder.resolve("hub/models--studio--pocket-flux/snapshots")).doesNotExist();
        assertThat(folder.resolve("hub/models--studio--pocket-flux/refs")).doesNotExist();
        Digest.Kind kind = file.equals(TRANSFORMER) ? Digest.Kind.SHA256 : Digest.Kind.GIT;
        assertThat(folder.resolve("hub/models--studio--pocket-flux/blobs")
                        .resolve(TestHub.digest(kind, hub.content(file))))
                .doesNotExist();
    }

    private static boolean sends(TestHub.Asked request, String file) {
        return request.path().contains(file) && (request.ofCdn() || !file.endsWith(".safetensors"));
    }

    private static void garble(HttpExchange exchange, byte[] body) throws IOException {
        byte[] garbled = body.clone();
        garbled[garbled.length / 2] ^= 1;
        exchange.sendResponseHeaders(
                exchange.getResponseHeaders().containsKey("Content-Range") ? 206 : 200, body.length);
        exchange.getResponseBody().write(garbled);
    }

    @Test
    void anInterruptedDownloadGoesOnWithWhatIsMissing() throws Exception {
        var reached = new CountDownLatch(1);
        hub.when(
                request -> request.ofCdn()
                        && request.range()
                                .filter("bytes=6291456-6405679"::equals)
                                .isPresent(),
                1,
                (exchange, body) -> {
                    reached.countDown();
                    pauseUntilInterrupted();
                });
        var failure = new AtomicReference<Exception>();
        Thread download = Thread.ofPlatform().start(() -> {
            try {
                download();
            } catch (InterruptedException | RuntimeException e) {
                failure.set(e);
            }
        });
        reached.await();
        Eventually.await("all other parts are there", () -> partsOnDisk() == 6);
        download.interrupt();
        download.join();
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
        assertThat(folder.resolve("hub/models--studio--pocket-flux/snapshots")).doesNotExist();

        hub.sent.set(0);
        hub.asked.clear();
        assertDownloads();

        assertThat(hub.asked("/"))
                .hasSize(2)
                .allMatch(request -> request.range().equals(Optional.of("bytes=6291456-6405679")));
    }

    /** How many parts of the one file that is not whole have been written; none as long as others are not whole either. */
    private long partsOnDisk() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("hub/models--studio--pocket-flux/blobs"))) {
            List<Path> marks =
                    files.filter(file -> file.toString().endsWith(".parts")).toList();
            if (marks.size() != 1) {
                return 0;
            }
            byte[] parts = Files.readAllBytes(marks.getFirst());
            return IntStream.range(Long.BYTES, parts.length)
                    .filter(i -> parts[i] == 1)
                    .count();
        } catch (NoSuchFileException finishedMeanwhile) {
            return 0;
        }
    }

    private static void pauseUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFileThatChangedBetweenTwoAttemptsIsNotMixed() throws IOException, InterruptedException {
        hub.when(
                request -> request.ofCdn()
                        && request.path().contains(TRANSFORMER)
                        && request.range()
                                .filter("bytes=3145728-4194303"::equals)
                                .isPresent(),
                ALWAYS,
                TestHub.status(500));
        assertThatThrownBy(this::download).hasMessageContaining("4 attempts failed");
        byte[] changed = hub.content(TRANSFORMER).clone();
        changed[10] ^= 1;
        hub.close();
        hub = TestHub.with(TestCheckpoints.POCKET_FLUX);
        hub.add(TRANSFORMER, changed);
        hub.commit("e".repeat(40));
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));

        Path snapshot = download();

        assertThat(snapshot).hasFileName("e".repeat(40));
        assertThat(snapshot.resolve(TRANSFORMER)).hasBinaryContent(changed);
        assertThat(hub.asked(TRANSFORMER)).hasSize(14);
    }

    @Test
    void aHubThatDiesLeavesWhatItSent() throws IOException, InterruptedException {
        hub.when(request -> request.ofCdn() && request.path().contains(VAE), 1, (exchange, body) -> hub.close());
        assertThatThrownBy(this::download).isInstanceOf(HubException.class);
        Path blobs = folder.resolve("hub/models--studio--pocket-flux/blobs");
        assertThat(blobs.resolve(TestHub.digest(Digest.Kind.GIT, hub.content("model_index.json"))))
                .exists();

        hub = TestHub.with(TestCheckpoints.POCKET_FLUX);
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));
        assertDownloads();

        assertThat(hub.asked("model_index.json")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401, GatedRepo, it is gated: accept its licence at",
        "403, GatedRepo, it is gated: accept its licence at",
        "401, RepoNotFound, check its name",
        "404, RevisionNotFound, no such revision",
        "404, RepoNotFound, no such repository or revision",
        "418, , the hub answers 418"
    })
    void whatCannotPassSaysWhatToDo(int status, String code, String advice) {
        hub.when(
                request -> request.path().contains("model_index.json"),
                ALWAYS,
                code == null ? TestHub.status(status) : TestHub.status(status, "X-Error-Code", code));

        assertThatThrownBy(this::download)
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith(TestHub.NAME + "@main: ")
                .hasMessageContaining(advice);
        assertThat(hub.asked("model_index.json")).hasSize(1);
    }

    @Test
    void aTokenThatOpensNothingIsNotRepeated() {
        settings = settings.withToken("hf_secret");
        hub.when(request -> true, ALWAYS, TestHub.status(403));

        assertThatThrownBy(this::download)
                .hasMessageContaining("HF_TOKEN does not open it")
                .hasMessageContaining(hub.address() + "/" + TestHub.NAME)
                .message()
                .doesNotContain("hf_secret");
    }

    @Test
    void settingsThatCannotBeAreNamedWithoutTheSecret() {
        TestHubSettings good = settings;
        settings = good.withToken("hf_\nsecret");
        assertThatThrownBy(this::download)
                .hasMessageContaining("HF_TOKEN holds characters")
                .message()
                .doesNotContain("secret");

        settings = new TestHubSettings(URI.create("huggingface.co"), good.hub());
        assertThatThrownBy(this::download).hasMessageContaining("HF_ENDPOINT must be an address");
        assertThat(hub.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x"})
    void redirectsLeadToWebServersOnly(String target) {
        hub.when(TestHub.Asked::ofCdn, ALWAYS, TestHub.status(302, "Location", target));

        assertThatThrownBy(this::download).hasMessageContaining("to where a download must not go");
    }

    @Test
    void redirectsInACircleEnd() {
        hub.when(request -> !request.ofCdn(), ALWAYS, TestHub.status(307, "Location", "/again"));

        assertThatThrownBy(this::download).hasMessageContaining("redirects more than 5 times");
    }

    @Test
    void aDiskThatIsTooSmallIsToldBefore() {
        hub.listAsLarge(VAE, 1L << 40);

        assertThatThrownBy(this::download).hasMessageContaining("MB more in").hasMessageContaining("MB are free");
        assertThat(hub.asked(VAE)).isEmpty();

        hub.listAsLarge(VAE, Long.MAX_VALUE);
        assertThatThrownBy(this::download).hasMessageContaining("with a size of " + Long.MAX_VALUE);
    }

    @Test
    void placesThatCannotBeWrittenAreNamed() throws IOException {
        Files.writeString(folder.resolve("hub"), "a file where the cache should be");

        assertThatThrownBy(this::download).hasMessageContaining("cannot be written");
    }
}
