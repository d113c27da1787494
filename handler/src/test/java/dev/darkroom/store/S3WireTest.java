package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.store.StorageFront.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkException;

/** What is really sent to storage, and what happens when storage has a bad moment. */
class S3WireTest {
    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    @RegisterExtension
    static final S3Server IN_FRONT = new S3Server("storage.test");

    @RegisterExtension
    static final S3Server BELOW = S3Server.below("/storage/v1/s3");

    private static final S3Connections CONNECTIONS = S3Connections.trusted();
    private static final ResultName NAME = new ResultName("job-1", 0);
    private static final byte[] FILE = new byte[50_000];
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @AfterAll
    static void close() {
        CONNECTIONS.close();
    }

    @Test
    void requestsHoldNothingThatOnlyAmazonUnderstands() throws IOException {
        try (var recorder = new Recorder()) {
            new S3Store(target(recorder.address()), CONNECTIONS).store(NAME, FILE, ImageFormat.JPEG);

            Headers headers = recorder.requests.getFirst();
            assertThat(headers.getFirst("Content-Length")).isEqualTo("50000");
            assertThat(headers.getFirst("Content-Type")).isEqualTo("image/jpeg");
            assertThat(headers.keySet())
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT)
                            .matches("transfer-encoding|content-encoding|x-amz-trailer|x-amz-decoded.*|.*checksum.*"));
            assertThat(headers.getFirst("X-amz-content-sha256")).doesNotContain("STREAMING");
            assertThat(headers.getFirst("Authorization")).doesNotContainIgnoringCase("accept-encoding");
        }
    }

    @Test
    void requestsAreSignedForTheRegion() throws IOException {
        try (var recorder = new Recorder()) {
            var endpoint = S3Endpoint.of(
                    recorder.address(),
                    Optional.of("EUR-IS-1"),
                    Optional.of("vol"),
                    Optional.empty(),
                    S3Names.SETTINGS);
            var target =
                    new S3Target(endpoint, "id", "secret", "", Optional.empty(), Duration.ofDays(7), Eventually.NEVER);

            new S3Store(target, CONNECTIONS).store(NAME, FILE, ImageFormat.PNG);

            assertThat(recorder.requests.getFirst().getFirst("Authorization")).contains("/EUR-IS-1/s3/aws4_request");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://s3.eu-west-2.amazonaws.com, pictures, https://pictures.s3.eu-west-2.amazonaws.com/k.png, eu-west-2",
        "https://s3.amazonaws.com, pictures, https://pictures.s3.us-east-1.amazonaws.com/k.png, us-east-1",
        "https://s3.eu-west-2.amazonaws.com, my.pictures, https://s3.eu-west-2.amazonaws.com/my.pictures/k.png, eu-west-2",
        "https://s3.cn-north-1.amazonaws.com.cn, pictures, https://pictures.s3.cn-north-1.amazonaws.com.cn/k.png, cn-north-1",
        "https://storage.googleapis.com, a.appspot.com, https://storage.googleapis.com/a.appspot.com/k.png, auto",
        "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com, pictures,"
                + " https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/pictures/k.png, auto",
        "https://pictures.fra1.digitaloceanspaces.com, pictures, https://pictures.fra1.digitaloceanspaces.com/k.png, fra1",
        "http://minio:9000, pictures, http://minio:9000/pictures/k.png, us-east-1"
    })
    void signedAddressesLeadToTheBucket(URI endpoint, String bucket, String address, String region) {
        S3Target target = S3Server.target(endpoint, bucket, S3Server.SECRET, "", Optional.empty(), Duration.ofDays(7));

        assertThat(new S3Store(target, CONNECTIONS).address("k.png").toString())
                .startsWith(address + "?")
                .contains("%2F" + region + "%2Fs3%2Faws4_request")
                .contains("X-Amz-Expires=604800");
    }

    @Test
    void aVolumesAddressClaimsNothingThatItsStorageRefuses() {
        S3Target target = S3Server.target(
                URI.create("https://s3api-eur-is-1.runpod.io"),
                "agv6w2qcg7",
                S3Server.SECRET,
                "",
                Optional.empty(),
                Duration.ofDays(7));
        var store = new S3Store(target, CONNECTIONS);

        assertThat(store.address("a b/k.png")).hasToString("s3://agv6w2qcg7/a%20b/k.png");
        assertThat(store.notes()).singleElement().asString().contains("s3api-eur-is-1.runpod.io signs no addresses");
    }

    @Test
    void theBucketCanStandInFrontOfTheHost() throws IOException {
        try (var proxy = new StorageFront(IN_FRONT.address(), true)) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", String.valueOf(proxy.address().getPort()));
            try (S3Connections throughProxy = S3Connections.trusted()) {
                var endpoint = S3Endpoint.of(
                        URI.create("http://pictures.storage.test"),
                        Optional.empty(),
                        Optional.of(S3Server.BUCKET),
                        Optional.of(false),
                        S3Names.SETTINGS);
                var inFront = new S3Target(
                        endpoint,
                        S3Server.KEY_ID,
                        S3Server.SECRET,
                        "",
                        Optional.empty(),
                        Duration.ofHours(1),
                        Eventually.NEVER);

                URI address = new S3Store(inFront, throughProxy).store(NAME, FILE, ImageFormat.PNG);

                assertThat(address.getHost()).isEqualTo("pictures.storage.test");
                assertThat(address.getPath()).matches("/job-1/[0-9a-f]{32}\\.png");
                assertThat(proxy.connections()).isPositive();
            } finally {
                System.clearProperty("http.proxyHost");
                System.clearProperty("http.proxyPort");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whatCanPassIsTriedAgain(Fault fault) throws IOException, InterruptedException {
        try (var front = new StorageFront(SERVER.address(), fault, fault)) {
            S3Target target = target(front, fault);

            URI address = new S3Store(target, CONNECTIONS).store(NAME, FILE, ImageFormat.PNG);

            Eventually.await("both faults were met", () -> front.connections() >= 3);
            assertThat(SERVER.keys()).contains(address.getPath().replaceFirst("^/pictures/", ""));
        }
    }

    @ParameterizedTest
    @CsvSource({"RESET, broke the connection", "BUSY, 'answered SlowDown (503)'", "HANG, did not answer in time"})
    void whatDoesNotPassIsSaid(Fault fault, String message) throws IOException {
        try (var front = new StorageFront(SERVER.address(), fault, fault, fault, fault, fault, fault)) {
            S3Target target = target(front, fault);

            assertThatThrownBy(() -> new S3Store(target, CONNECTIONS).store(NAME, FILE, ImageFormat.PNG))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "bucket pictures at 127.0.0.1:" + front.address().getPort() + " " + message)
                    .satisfies(failure -> assertThat(attempts(failure)).isEqualTo(4));
        }
    }

    private static int attempts(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(SdkException.class::isInstance)
                .map(cause -> ((SdkException) cause).numAttempts())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void storageThatIsNotThereIsSaid() throws IOException {
        try (var nobodyListens = new Socket()) {
            nobodyListens.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            S3Target target =
                    target(URI.create("http://127.0.0.1:" + nobodyListens.getLocalPort()), Duration.ofSeconds(5));

            // now and then the SDK's pool never hears that a connection was refused: then the attempt's limit ends the
            // wait
            assertThatThrownBy(() -> new S3Store(target, CONNECTIONS).store(NAME, FILE, ImageFormat.PNG))
                    .isInstanceOf(StoreException.class)
                    .hasMessageMatching(".* (cannot be reached: no connection|did not answer in time)");
        }
    }

    /** The SDK mends requests of a machine whose clock is off; the addresses must be good too. */
    @ParameterizedTest
    @CsvSource({"PT0S, false", "-PT1H, true", "PT2H, true", "-P3D, true", "PT8M, true", "-PT2M, false"})
    void signedAddressesCanBeReadWhereverTheBucketsClockIs(Duration ahead, boolean noted)
            throws IOException, InterruptedException {
        try (var storage = new ClockedStorage(ahead);
                HttpClient http = HttpClient.newHttpClient()) {
            var store = new S3Store(
                    S3Server.target(
                            storage.address(),
                            S3Server.BUCKET,
                            S3Server.SECRET,
                            "",
                            Optional.empty(),
                            Duration.ofHours(1)),
                    CONNECTIONS);

            URI address = store.store(NAME, "a picture".getBytes(StandardCharsets.UTF_8), ImageFormat.PNG);

            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("a picture");
            assertThat(store.notes()).hasSize(noted ? 1 : 0).allMatch(note -> note.startsWith("the worker's clock is"));
        }
    }

    @Test
    void aDateThatIsNotTheBucketsIsNotBelieved() throws IOException, InterruptedException {
        try (var storage = new ClockedStorage(Duration.ZERO, Duration.ofDays(-400))) {
            var store = new S3Store(target(storage.address()), CONNECTIONS);

            URI address = store.store(NAME, "a picture".getBytes(StandardCharsets.UTF_8), ImageFormat.PNG);

            assertThat(read(address)).asString().isEqualTo("a picture");
            assertThat(store.notes()).isEmpty();
        }
    }

    @Test
    void storageMayBeBelowAPath() throws IOException, InterruptedException {
        URI below = URI.create(BELOW.address() + "/storage/v1/s3");
        var store = new S3Store(S3Server.target(below, S3Server.SECRET, "a b", Optional.empty()), CONNECTIONS);

        URI address = store.store(NAME, FILE, ImageFormat.PNG);

        assertThat(address.getPath()).startsWith("/storage/v1/s3/pictures/a b/job-1/");
        assertThat(read(address)).isEqualTo(FILE);
        assertThat(store.check()).endsWith("takes files");
    }

    @Test
    void aHostMayHaveAnUnderscore() throws IOException {
        // a name that every resolver leads to this machine
        URI named = URI.create("http://my_minio.localhost:" + SERVER.address().getPort());
        var store = new S3Store(S3Server.target(named, S3Server.SECRET, "", Optional.empty()), CONNECTIONS);

        URI address = store.store(NAME, FILE, ImageFormat.PNG);

        assertThat(address.toString()).startsWith(named + "/pictures/job-1/").contains("X-Amz-Signature=");
        assertThat(SERVER.keys()).contains(address.getPath().replaceFirst("^/pictures/", ""));
        assertThat(store.check()).endsWith("takes files");
    }

    private static byte[] read(URI address) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer =
                    http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        }
    }

    /** Left to itself the SDK takes two seconds, every time; a machine that stands still does so now and then. */
    @Test
    void connectionsCloseAtOnce() throws IOException {
        Duration least = closing();
        for (int i = 0; i < 10 && least.compareTo(AT_ONCE) > 0; i++) {
            least = Collections.min(List.of(least, closing()));
        }

        assertThat(least).isLessThan(AT_ONCE);
    }

    private static Duration closing() throws IOException {
        S3Connections connections = S3Connections.trusted();
        new S3Store(target(SERVER.address()), connections).store(NAME, FILE, ImageFormat.PNG);
        long start = System.nanoTime();
        connections.close();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void aWorkerThatStopsDoesNotWaitForStorage() throws InterruptedException {
        try (var front = new StorageFront(SERVER.address(), Fault.HANG)) {
            var said = new AtomicReference<String>();
            Thread storing = Thread.ofVirtual().start(() -> {
                try {
                    new S3Store(target(front.address(), Duration.ofHours(1)), CONNECTIONS)
                            .store(NAME, FILE, ImageFormat.PNG);
                } catch (StoreException e) {
                    said.set(e.getMessage() + " " + Thread.currentThread().isInterrupted());
                }
            });
            Eventually.await("storage is asked", () -> front.connections() > 0);

            storing.interrupt();

            assertThat(storing.join(Eventually.NEVER)).isTrue();
            assertThat(said.get())
                    .startsWith("the worker stopped while bucket pictures at")
                    .endsWith("true");
        }
    }

    private static S3Target target(URI endpoint) {
        return target(endpoint, Eventually.NEVER);
    }

    /** With a limit that ends the wait for a storage that hangs, but that one without faults keeps however busy this machine is. */
    private static S3Target target(StorageFront front, Fault fault) throws IOException {
        return target(front.address(), fault == Fault.HANG ? easyLimit() : Eventually.NEVER);
    }

    private static Duration easyLimit() throws IOException {
        Duration least = Eventually.NEVER;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            new S3Store(target(SERVER.address()), CONNECTIONS).store(NAME, FILE, ImageFormat.PNG);
            least = Collections.min(List.of(least, Duration.ofNanos(System.nanoTime() - start)));
        }
        return Collections.max(List.of(least.multipliedBy(20), Duration.ofSeconds(1)));
    }

    private static S3Target target(URI endpoint, Duration timeout) {
        S3Target target = S3Server.target(endpoint, S3Server.SECRET, "", Optional.empty());
        return new S3Target(
                target.endpoint(),
                target.accessKeyId(),
                target.secretAccessKey(),
                target.prefix(),
                target.publicUrl(),
                target.expiry(),
                timeout);
    }

    /** Takes everything and remembers the headers. */
    private static final class Recorder implements AutoCloseable {
        private final List<Headers> requests = new CopyOnWriteArrayList<>();
        private final HttpServer server;

        Recorder() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.createContext("/", exchange -> {
                requests.add(exchange.getRequestHeaders());
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("ETag", "\"0\"");
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
