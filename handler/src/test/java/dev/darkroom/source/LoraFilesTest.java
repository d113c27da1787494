package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs from folders and from servers, kept and let go. */
@Timeout(300)
class LoraFilesTest {
    private static final String URL_OR_PATH =
            "loras[0]: must be an http or https URL, or a readable file below one of the folders in DARKROOM_LORAS_ROOTS";

    private static Vertx vertx;

    @TempDir
    Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private HttpServer server;
    private Path roots;
    private Path cache;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws InterruptedException, ExecutionException, TimeoutException {
        vertx.close().toCompletionStage().toCompletableFuture().get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);
    }

    @BeforeEach
    void serve() throws IOException {
        roots = Files.createDirectory(folder.resolve("roots"));
        cache = folder.resolve("data/loras");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void close() throws Exception {
        server.stop(0);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/style.safetensors", "a/style", "./a/style.safetensors"})
    void aFileBelowAFolderIsFound(String path) throws Exception {
        Files.createDirectory(roots.resolve("a"));
        Path file = Files.write(roots.resolve("a/style.safetensors"), safetensors(10));

        LoraFile found = hold(files(), path).files().getFirst();

        assertThat(found.file()).isEqualTo(file.toRealPath());
        assertThat(found.name()).isEqualTo("style.safetensors");
        assertThat(found.scale()).isEqualTo(0.5);
        assertThat(Files.exists(cache)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../outside.safetensors", "/etc/passwd", "missing", "link.safetensors", "a\u0000b", "org/repo"})
    void everyOtherPathIsRefusedInTheSameWords(String path) throws IOException {
        Path outside = Files.write(folder.resolve("outside.safetensors"), safetensors(10));
        Files.createSymbolicLink(roots.resolve("link.safetensors"), outside);

        assertRefused(files(), path, Code.BAD_INPUT, URL_OR_PATH);
    }

    @Test
    void aChangedFileHasAnotherIdentity() throws Exception {
        Path file = Files.write(roots.resolve("x.safetensors"), safetensors(10));
        String before = hold(files(), "x").files().getFirst().identity();

        assertThat(hold(files(), "x").files().getFirst().identity()).isEqualTo(before);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(100)));
        assertThat(hold(files(), "x").files().getFirst().identity()).isNotEqualTo(before);
    }

    @Test
    void aFileThatIsNoSafetensorsIsRefused() throws IOException {
        Files.writeString(roots.resolve("x.ckpt"), "PK and so on and so on");

        assertRefused(files(), "x.ckpt", Code.BAD_INPUT, "loras[0]: the file is no safetensors file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:application/octet-stream;base64,AAAA", "s3://bucket/x", "file:///etc/passwd"})
    void otherSchemesAreRefused(String source) {
        String scheme = source.substring(0, source.indexOf(':'));

        assertRefused(
                files(),
                source,
                Code.BAD_INPUT,
                "loras[0]: must be an http or https URL, or a path, not " + scheme + ":");
    }

    @Test
    void aUrlIsFetchedOnceAlsoThroughTheHubsRedirects() throws Exception {
        byte[] content = safetensors(3_000_000);
        Map<String, List<String>> headers = new HashMap<>();
        on("/org/repo/resolve/main/x.safetensors", exchange -> redirect(exchange, "/api/resolve-cache/x?etag=1"));
        on("/api/resolve-cache/x", exchange -> redirect(exchange, url("/cdn/blob?Signature=secret")));
        on("/cdn/blob", exchange -> {
            headers.putAll(exchange.getRequestHeaders());
            answer(exchange, content);
        });

        LoraFile first = hold(files(), url("/org/repo/resolve/main/x.safetensors"))
                .files()
                .getFirst();
        LoraFile again = hold(files(), url("/org/repo/resolve/main/x.safetensors"))
                .files()
                .getFirst();

        assertThat(first.file()).hasBinaryContent(content).hasParent(cache);
        assertThat(first.name()).isEqualTo("x.safetensors");
        assertThat(again.identity()).isEqualTo(first.identity());
        assertThat(requests).hasValue(3);
        assertThat(headers).doesNotContainKeys("Authorization", "Cookie", "Referer");
        assertThat(cached()).hasSize(1);
    }

    @Test
    void aFileThatWasKeptLongEnoughIsFetchedAnew() throws Exception {
        on("/x", exchange -> answer(exchange, safetensors(10 + requests.get())));
        LoraFile first = hold(files(), url("/x")).files().getFirst();
        Files.setLastModifiedTime(first.file(), FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        LoraFile second = hold(files(), url("/x")).files().getFirst();

        assertThat(requests).hasValue(2);
        assertThat(second.file()).isEqualTo(first.file()).hasBinaryContent(safetensors(12));
        assertThat(second.identity()).isNotEqualTo(first.identity());
    }

    @Test
    void twoJobsAtOnceFetchItOnce() throws Exception {
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        on("/x", exchange -> {
            asked.countDown();
            await(go);
            answer(exchange, safetensors(10));
        });
        LoraFiles files = files();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LoraFiles.Held>> held = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                held.add(threads.submit(() -> hold(files, url("/x"))));
            }
            await(asked);
            go.countDown();
            for (Future<LoraFiles.Held> one : held) {
                assertThat(one.get().files().getFirst().file()).hasBinaryContent(safetensors(10));
            }
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void aJobThatIsCancelledWhileItFetchesLeavesTheOtherOneToIt() throws Exception {
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        on("/x", exchange -> {
            if (requests.get() == 1) {
                asked.countDown();
                await(go);
            }
            answer(exchange, safetensors(10));
        });
        LoraFiles files = files();
        var cancelled = new CompletableFuture<Boolean>();
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                hold(files, url("/x"));
                cancelled.complete(false);
            } catch (InterruptedException e) {
                cancelled.complete(true);
            }
        });
        await(asked);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<LoraFiles.Held> second = threads.submit(() -> hold(files, url("/x")));
            first.interrupt();

            assertThat(cancelled.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(second.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS)
                            .files()
                            .getFirst()
                            .file())
                    .hasBinaryContent(safetensors(10));
        } finally {
            go.countDown();
        }
        awaitOnlyWholeFiles();
    }

    @Test
    void theFolderIsBoundedAndWhatAJobHoldsStays() throws Exception {
        for (String name : List.of("/a", "/b", "/c", "/d")) {
            on(name, exchange -> answer(exchange, safetensors(1000)));
        }
        LoraFiles files = files(Map.of("folder", "3000"));
        LoraFiles.Held a = hold(files, url("/a"));
        Path b = held(files, "/b");
        Path c = held(files, "/c");

        assertThat(a.files().getFirst().file()).exists();
        assertThat(b).doesNotExist();
        assertThat(c).exists();

        a.close();
        held(files, "/c");
        held(files, "/d");
        assertThat(a.files().getFirst().file()).as("not used for longest").doesNotExist();
        assertThat(c).exists();
        assertThat(cached()).hasSize(2);
    }

    @Test
    void filesOfAnEarlierProcessAreUsedAndCounted() throws Exception {
        on("/a", exchange -> answer(exchange, safetensors(1000)));
        on("/b", exchange -> answer(exchange, safetensors(1000)));
        Path a = held(files(), "/a");
        Path unfinished = Files.write(cache.resolve("unfinished-1"), new byte[10]);
        Files.setLastModifiedTime(unfinished, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Path foreign = Files.write(cache.resolve("notes.txt"), new byte[10]);

        held(files(), "/a");
        assertThat(requests).hasValue(1);
        held(files(Map.of("folder", "1500")), "/b");

        assertThat(a).doesNotExist();
        assertThat(unfinished).doesNotExist();
        assertThat(foreign).exists();
    }

    @Test
    void aWebPageIsRefusedAndNotKept() {
        on("/x", exchange -> answer(exchange, "<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII)));

        assertRefused(
                files(),
                url("/x"),
                Code.BAD_INPUT,
                "loras[0]: what localhost sends is no safetensors file, but looks like a web page");
        assertThat(cached()).isEmpty();
    }

    @Test
    void aFileThatIsTooLargeIsRefusedAndNotKept() throws Exception {
        on("/declared", exchange -> answer(exchange, safetensors(5000)));
        on("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(new byte[1000]);
                }
            }
        });

        LoraFiles files = files(Map.of("largest-file", "4000"));
        assertRefused(files, url("/declared"), Code.BAD_INPUT, "loras[0]: must be at most 4000 bytes");
        assertRefused(files, url("/endless"), Code.BAD_INPUT, "loras[0]: must be at most 4000 bytes");
        Files.write(roots.resolve("large.safetensors"), safetensors(5000));
        assertRefused(files, "large", Code.BAD_INPUT, "loras[0]: must be at most 4000 bytes");
        awaitOnlyWholeFiles();
        assertThat(cached()).isEmpty();
    }

    @Test
    void aTransferThatBreaksOffIsTriedAgain() throws Exception {
        byte[] content = safetensors(1_000_000);
        on("/x", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, requests.get() == 1 ? 300_000 : content.length);
            exchange.getResponseBody().flush();
            exchange.close();
        });

        assertThat(held(files(), "/x")).hasBinaryContent(content);
        assertThat(requests).hasValue(2);
        awaitOnlyWholeFiles();
    }

    @Test
    void aMissingFileIsAFailedFetch() {
        on("/x", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });

        assertRefused(files(), url("/x"), Code.FETCH_FAILED, "loras[0]: localhost answered 404");
    }

    @Test
    void anAddressThatIsNotPublicIsRefusedAlsoAfterARedirect() {
        var files = opened(
                new LoraFiles(TestSourceSettings.loras(Map.of()), TestSourceSettings.sources(Map.of()), cache, vertx));

        assertRefused(
                files,
                "http://169.254.169.254/latest.safetensors",
                Code.BAD_INPUT,
                "loras[0]: must be at a public address, which 169.254.169.254 is not");
        assertRefused(files, "a", Code.BAD_INPUT, URL_OR_PATH);
    }

    @Test
    void theSecondOfSeveralIsNamed() throws IOException {
        Files.write(roots.resolve("x.safetensors"), safetensors(10));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> files().hold(List.of(new Lora("x", 1), new Lora("y", 1))))
                .withMessageStartingWith("loras[1]: must be an http or https URL");
    }

    private static void assertRefused(LoraFiles files, String source, Code code, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> hold(files, source))
                .withMessage(message)
                .matches(e -> e.code() == code, "code " + code);
    }

    private static LoraFiles.Held hold(LoraFiles files, String source) throws InterruptedException {
        return files.hold(List.of(new Lora(source, 0.5)));
    }

    /** Where a file lies that was held and let go. */
    private Path held(LoraFiles files, String path) throws InterruptedException {
        try (var held = hold(files, url(path))) {
            return held.files().getFirst().file();
        }
    }

    private LoraFiles files() {
        return files(Map.of());
    }

    private LoraFiles files(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of("loras.roots", roots.toString()));
        more.forEach((name, value) -> settings.put("loras." + name, value));
        var sources = TestSourceSettings.sources(
                Map.of("sources.allow-private-addresses", "true", "sources.back-off", "5ms"));
        return opened(new LoraFiles(TestSourceSettings.loras(settings), sources, cache, vertx));
    }

    private LoraFiles opened(LoraFiles files) {
        open.add(files);
        return files;
    }

    /** A file of about that size that begins as one should. */
    private static byte[] safetensors(int size) {
        byte[] header = "{\"__metadata__\":{}}".getBytes(StandardCharsets.US_ASCII);
        byte[] file = new byte[Long.BYTES + header.length + size];
        new Random(size).nextBytes(file);
        ByteBuffer.wrap(file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header);
        return file;
    }

    private List<Path> cached() {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What broke off is deleted by another thread. */
    private void awaitOnlyWholeFiles() throws InterruptedException {
        Eventually.await("nothing unfinished is left", () -> cached().stream().noneMatch(LoraFilesTest::isUnfinished));
    }

    private static boolean isUnfinished(Path file) {
        return file.getFileName().toString().startsWith("unfinished-");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    private void on(String path, Answering answering) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                answering.answer(exchange);
            }
        });
    }

    private String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    private static void answer(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }
}
