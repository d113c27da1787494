package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.HostResolver;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching from a server that behaves well, badly, or wants us to go where we must not. */
class UrlFetchTest {
    private static final byte[] FILE = "a picture".getBytes(StandardCharsets.US_ASCII);

    private static Vertx vertx;

    private final AtomicInteger requests = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

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
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void close() throws Exception {
        over.countDown();
        server.stop(0);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void aFileIsFetched() throws InterruptedException {
        Map<String, List<String>> headers = new HashMap<>();
        List<String> targets = new ArrayList<>();
        on("/cat.png", exchange -> {
            headers.putAll(exchange.getRequestHeaders());
            targets.add(exchange.getRequestURI().toString());
            answer(exchange, 200, FILE);
        });

        assertThat(fetch("/cat.png?a=b%20c&d#part")).isEqualTo(FILE);
        assertThat(targets).containsExactly("/cat.png?a=b%20c&d");
        assertThat(headers).containsEntry("Host", List.of("localhost:" + port()));
        assertThat(headers).containsEntry("Accept-encoding", List.of("identity"));
        assertThat(headers).doesNotContainKeys("Cookie", "Authorization", "Referer");
    }

    @Test
    void withoutAPathTheRootIsAskedFor() throws InterruptedException {
        on("/", exchange -> answer(exchange, 200, FILE));

        assertThat(fetch("")).isEqualTo(FILE);
    }

    @Test
    void aChunkedFileIsFetched() throws InterruptedException {
        on("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(FILE);
            }
        });

        assertThat(fetch("/")).isEqualTo(FILE);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreFollowed(int status) throws InterruptedException {
        on("/a/start", exchange -> redirect(exchange, status, "../b?c"));
        on("/b", exchange -> redirect(exchange, status, "http://127.0.0.1:" + port() + "/end"));
        on("/end", exchange -> answer(exchange, 200, FILE));

        assertThat(fetch("/a/start")).isEqualTo(FILE);
        assertThat(requests).hasValue(3);
    }

    @Test
    void redirectsAreFollowedFiveTimesAtMost() throws InterruptedException {
        on("/", exchange -> {
            int left = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
            if (left == 0) {
                answer(exchange, 200, FILE);
            } else {
                redirect(exchange, 302, "/" + (left - 1));
            }
        });

        assertThat(fetch("/5")).isEqualTo(FILE);
        assertFails("/6", Code.FETCH_FAILED, "image: localhost redirects more than 5 times");
        assertThat(requests).hasValue(12);
    }

    @ParameterizedTest
    @CsvSource({
        "file:///etc/passwd, BAD_INPUT, 'image: must be an http or https URL, also after redirects'",
        "ftp://localhost/, BAD_INPUT, 'image: must be an http or https URL, also after redirects'",
        "http://user:password@localhost/, BAD_INPUT, image: must be a URL without a user's name or password",
        "http://exa mple/, FETCH_FAILED, image: localhost redirects to what is no URL",
        "http:///cat.png, BAD_INPUT, image: must be a URL with a host"
    })
    void aRedirectIsCheckedLikeTheFirstUrl(String location, Code code, String message) {
        on("/", exchange -> redirect(exchange, 302, location));

        assertFails("/", code, message);
        assertThat(requests).hasValue(1);
    }

    @Test
    void aRedirectToAnAddressThatIsNotAllowedIsNotFollowed() {
        on("/", exchange -> redirect(exchange, 302, "http://inner.test:" + port() + "/secret"));
        UrlFetch fetch = fetch(
                Map.of(),
                host -> addresses(host.equals("inner.test") ? "127.0.0.2" : "127.0.0.1"),
                address -> address.getHostAddress().equals("127.0.0.1"));

        assertFails(
                fetch,
                "http://outer.test:" + port() + "/",
                Code.BAD_INPUT,
                "image: must be at a public address, which inner.test is not");
        assertThat(requests).hasValue(1);
    }

    @Test
    void oneAddressThatIsNotAllowedIsEnoughToRefuse() {
        on("/", exchange -> answer(exchange, 200, FILE));
        UrlFetch fetch = fetch(
                Map.of(),
                host -> addresses("127.0.0.1", "127.0.0.2"),
                address -> address.getHostAddress().equals("127.0.0.1"));

        assertFails(fetch, "http://mixed.test:" + port() + "/", Code.BAD_INPUT, "image: must be at a public address");
        assertThat(requests).hasValue(0);
    }

    /** A name that answers with an allowed address when it is checked and with another one when it is connected to. */
    @Test
    void theConnectionGoesToTheAddressThatWasChecked() throws InterruptedException {
        on("/", exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("Host")).isEqualTo("rebinding.test:" + port());
            answer(exchange, 200, FILE);
        });
        var lookUps = new AtomicInteger();
        UrlFetch fetch = fetch(
                Map.of(),
                host -> addresses(lookUps.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"),
                address -> address.getHostAddress().equals("127.0.0.1"));

        assertThat(fetch.fetch("image", "http://rebinding.test:" + port() + "/"))
                .isEqualTo(FILE);
        assertThat(lookUps).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "127.0.0.1",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "017700000001",
                "①②⑦.⓪.⓪.①",
                "１２７.0.0.1",
                "127。0。0。1",
                "ⓛocalhost",
                "x.localhost",
                "my_x.localhost.",
                "0x7f.0x0.0x0.0x1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "0",
                "0.0.0.0",
                "[::]",
                "localhost.",
                "LOCALHOST"
            })
    void thisMachineIsNotReachedUnderAnyOfItsNames(String host) {
        on("/", exchange -> answer(exchange, 200, FILE));
        UrlFetch fetch = opened(
                new UrlFetch(FetchRules.ofImages(TestSourceSettings.sources(Map.of())), AllowedHosts.PUBLIC, vertx));

        assertThat(catchThrowableOfType(
                        JobException.class, () -> fetch.fetch("image", "http://" + host + ":" + port() + "/")))
                .hasMessageStartingWith("image: ");
        assertThat(requests).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "'http://', image: must be a URL with a host",
        "'http:cat.png', image: must be a URL with a host",
        "'http:///cat.png', image: must be a URL with a host",
        "'http://user@example.com/', image: must be a URL without a user's name",
        "'http://example.com:0/', 'image: must be a URL with a port from 1 to 65535, not 0'",
        "'http://example.com:70000/', 'image: must be a URL with a port from 1 to 65535, not 70000'",
        "'http://exa mple.com/a?token=secret', image: must be a URL with a valid host",
        "'http://example.com\\/', image: must be a URL with a valid host",
        "'http://%6cocalhost/', image: must be a URL with a valid host",
        "'http://[fe80::1%25eth0]/', image: must be a URL without a network's zone in its host",
        "'http://straße.example/', image: must be a URL whose host is written in its xn-- form"
    })
    void whatIsNoProperUrlIsRefused(String url, String message) {
        UrlFetch fetch = opened(
                new UrlFetch(FetchRules.ofImages(TestSourceSettings.sources(Map.of())), AllowedHosts.PUBLIC, vertx));

        assertFails(fetch, url, Code.BAD_INPUT, message);
    }

    @Test
    void aFileThatSaysThatItIsTooLargeIsNotRead() {
        on("/", exchange -> {
            exchange.sendResponseHeaders(200, 1_000_001);
            exchange.getResponseBody().write(FILE);
            exchange.getResponseBody().flush();
        });

        assertFails("/", Code.BAD_INPUT, "image: must be at most 1000000 bytes");
        assertThat(requests).hasValue(1);
    }

    @Test
    void anEndlessFileIsLeftWhenItIsTooLarge() throws InterruptedException, ExecutionException, TimeoutException {
        var broken = new CompletableFuture<Long>();
        on("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            long sent = 0;
            try (OutputStream out = exchange.getResponseBody()) {
                for (; ; sent += 1 << 16) {
                    out.write(new byte[1 << 16]);
                }
            } finally {
                broken.complete(sent);
            }
        });

        assertFails("/", Code.BAD_INPUT, "image: must be at most 1000000 bytes");
        assertThat(broken.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS)).isLessThan(200_000_000);
        assertThat(requests).hasValue(1);
    }

    @Test
    void aServerThatDripsIsLeftAfterTheDeadline() {
        drip(new CompletableFuture<>(), new CompletableFuture<>());

        // the server drips as long as the test lasts: that this ends is what is to be shown
        assertFails(
                fetch(Map.of("timeout", "300ms")), url("/"), Code.FETCH_FAILED, "image: localhost took longer than");
    }

    @Test
    void aServerThatSaysNothingIsLeftAfterTheDeadline() throws IOException {
        var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        open.add(silent);

        assertFails(
                fetch(Map.of("timeout", "300ms")),
                "http://localhost:" + silent.getLocalPort() + "/",
                Code.FETCH_FAILED,
                "image: localhost took longer than");
    }

    @Test
    void aLookUpThatHangsIsLeftAfterTheDeadline() {
        UrlFetch fetch = fetch(
                Map.of("timeout", "200ms"),
                host -> {
                    isOver(Eventually.NEVER);
                    return addresses("127.0.0.1");
                },
                address -> true);

        assertFails(fetch, url("/"), Code.FETCH_FAILED, "image: localhost took longer than");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 521})
    void whatMayPassIsTriedAgain(int status) throws InterruptedException {
        on("/", exchange -> answer(exchange, requests.get() < 3 ? status : 200, FILE));

        assertThat(fetch("/")).isEqualTo(FILE);
        assertThat(requests).hasValue(3);
    }

    @Test
    void afterThreeTriesItIsAFailure() {
        on("/", exchange -> answer(exchange, 503, FILE));

        assertFails("/", Code.FETCH_FAILED, "image: localhost answered 503 (tried 3 times)");
        assertThat(requests).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 206, 304, 400, 401, 403, 404, 410, 451})
    void whatDoesNotPassIsNotTriedAgain(int status) {
        on("/", exchange -> answer(exchange, status, new byte[0]));

        assertFails("/", Code.FETCH_FAILED, "image: localhost answered " + status);
        assertThat(requests).hasValue(1);
    }

    @Test
    void aServerThatAsksForALittlePatienceGetsIt() throws InterruptedException {
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "1");
            answer(exchange, requests.get() < 2 ? 429 : 200, FILE);
        });
        long start = System.nanoTime();

        assertThat(fetch("/")).isEqualTo(FILE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aServerThatAsksForALotOfPatienceIsNotWaitedFor() {
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            answer(exchange, 503, FILE);
        });

        assertFails("/", Code.FETCH_FAILED, "image: localhost answered 503");
        assertThat(requests).hasValue(1);
    }

    @Test
    void aConnectionThatBreaksIsTriedAgain() throws InterruptedException {
        on("/", exchange -> {
            if (requests.get() < 3) {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write(FILE);
                exchange.getResponseBody().flush();
                throw new IOException("the server stumbles");
            }
            answer(exchange, 200, FILE);
        });

        assertThat(fetch("/")).isEqualTo(FILE);
        assertThat(requests).hasValue(3);
    }

    @Test
    void aFileThatIsShorterThanItSaysIsNotTaken() {
        on("/", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(FILE);
            exchange.getResponseBody().flush();
            throw new IOException("the server stumbles");
        });

        assertFails("/", Code.FETCH_FAILED, "image: the connection to localhost failed (tried 3 times)");
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws IOException {
        try (var nobodyListens = new Socket()) {
            nobodyListens.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

            assertFails(
                    fetch(Map.of()),
                    "http://127.0.0.1:" + nobodyListens.getLocalPort() + "/?token=secret",
                    Code.FETCH_FAILED,
                    "image: the connection to 127.0.0.1 failed (tried 3 times)");
        }
    }

    @Test
    void theNextTryTakesTheNextAddress() throws InterruptedException {
        on("/", exchange -> answer(exchange, 200, FILE));
        UrlFetch fetch = fetch(Map.of(), host -> addresses("127.0.0.9", "127.0.0.1"), address -> true);

        assertThat(fetch.fetch("image", "http://two.test:" + port() + "/")).isEqualTo(FILE);
    }

    @Test
    void aHostThatIsNotKnownIsAFailure() {
        assertFails(
                fetch(Map.of()), "http://nowhere.invalid/", Code.FETCH_FAILED, "image: nowhere.invalid is not known");
    }

    @Test
    void whatIsNoHttpIsAFailure() throws IOException {
        var chatty = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        open.add(chatty);
        Thread.ofVirtual().start(() -> {
            while (!chatty.isClosed()) {
                try (var connection = chatty.accept()) {
                    connection
                            .getOutputStream()
                            .write("220 mail.test ESMTP\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().read();
                } catch (IOException e) {
                    return;
                }
            }
        });

        assertFails(
                fetch(Map.of()),
                "http://localhost:" + chatty.getLocalPort() + "/",
                Code.FETCH_FAILED,
                "image: localhost does not speak HTTP");
    }

    /** Storage repeats whatever an upload put on an object: only the content tells. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "identity",
                "aws-chunked",
                "UTF-8",
                "binary",
                "none",
                "base64",
                "identity, aws-chunked",
                ",",
                "gzip",
                "x-gzip",
                "zstd",
                "compress",
                "aws-chunked,gzip"
            })
    void plainBytesUnderAnyLabelArePlain(String encoding) throws InterruptedException {
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", encoding);
            answer(exchange, 200, FILE);
        });

        assertThat(fetch("/")).isEqualTo(FILE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "x-gzip",
                "deflate",
                "aws-chunked,gzip",
                "identity, gzip",
                "gzip, gzip",
                "deflate, gzip"
            })
    void compressedContentIsUnpacked(String encoding) throws InterruptedException {
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", encoding);
            answer(exchange, 200, packed(large, encoding));
        });

        assertThat(fetch("/")).isEqualTo(large);
    }

    /** What the inner layer unpacks to is nothing; the work is in between. */
    @Test
    void whatUnpacksToNothingIsGivenUpToo() {
        byte[] idle = new byte[5 * 1_000_000]; // blocks of no bytes
        for (int i = 0; i < idle.length; i += 5) {
            idle[i + 3] = (byte) 0xFF;
            idle[i + 4] = (byte) 0xFF;
        }
        byte[] start = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0};
        byte[] inner = Arrays.copyOf(start, start.length + idle.length);
        System.arraycopy(idle, 0, inner, start.length, idle.length);
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip, gzip");
            answer(exchange, 200, packed(inner, "gzip"));
        });

        assertFails("/", Code.BAD_INPUT, "image: must be at most 1000000 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1_000})
    void codingsUponCodingsAreRefused(int count) {
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", String.join(",", Collections.nCopies(count, "gzip")));
            answer(exchange, 200, FILE);
        });

        assertFails(
                "/", Code.FETCH_FAILED, "image: localhost sends content compressed with more than 2 codings in a row");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, gzip", "deflate"})
    void littleMoreThanTheLimitIsUnpacked(String encoding) {
        byte[] bomb = packed(new byte[200 << 20], encoding);
        on("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", encoding);
            answer(exchange, 200, bomb);
        });

        assertFails("/", Code.BAD_INPUT, "image: must be at most 1000000 bytes");
    }

    @Test
    void compressionsThatCannotBeUndoneAreNamed() {
        on("/br", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "br");
            answer(exchange, 200, FILE);
        });
        on("/zstd", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "aws-chunked, zstd");
            answer(exchange, 200, new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0});
        });
        on("/damaged", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            answer(exchange, 200, new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7});
        });

        assertFails("/br", Code.FETCH_FAILED, "image: localhost sends content compressed with br");
        assertFails("/zstd", Code.FETCH_FAILED, "image: localhost sends content compressed with zstd");
        assertFails("/damaged", Code.FETCH_FAILED, "image: localhost sends damaged content");
        assertThat(requests).hasValue(3);
    }

    private static byte[] packed(byte[] file, String encoding) {
        byte[] packed = file;
        for (String coding : encoding.toLowerCase(Locale.ROOT).split(", ?", -1)) {
            var bytes = new ByteArrayOutputStream();
            try (OutputStream out = switch (coding) {
                case "gzip", "x-gzip" -> new GZIPOutputStream(bytes);
                case "deflate" -> new DeflaterOutputStream(bytes);
                default -> bytes;
            }) {
                out.write(packed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            packed = bytes.toByteArray();
        }
        return packed;
    }

    @Test
    void aWholeFileMayComeUnderOtherStatuses() throws InterruptedException {
        on("/203", exchange -> answer(exchange, 203, FILE));
        on("/206", exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-8/9");
            answer(exchange, 206, FILE);
        });
        on("/part", exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-8/20");
            answer(exchange, 206, FILE);
        });
        on("/nothing", exchange -> answer(exchange, 204, new byte[0]));

        assertThat(fetch("/203")).isEqualTo(FILE);
        assertThat(fetch("/206")).isEqualTo(FILE);
        assertFails("/part", Code.FETCH_FAILED, "image: localhost answered 206: a part of the file");
        assertFails("/nothing", Code.FETCH_FAILED, "image: localhost answered 204: there is nothing");
    }

    @Test
    void whatPrecedesTheAnswerIsNotTakenForIt() throws IOException, InterruptedException {
        var slow = answering("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na picture");

        assertThat(fetch(Map.of()).fetch("image", "http://localhost:" + slow.getLocalPort() + "/"))
                .isEqualTo(FILE);
    }

    /** A server that answers every request with the same bytes. */
    private ServerSocket answering(String bytes) throws IOException {
        var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        open.add(socket);
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try (var connection = socket.accept()) {
                    connection.getInputStream().read(new byte[4_096]);
                    connection.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                    connection.getInputStream().read();
                } catch (IOException e) {
                    return;
                }
            }
        });
        return socket;
    }

    @ParameterizedTest
    @CsvSource({
        "/häus.png, /h%C3%A4us.png",
        "/包1.png?name=包&x=[1], /%E5%8C%851.png?name=%E5%8C%85&x=%5B1%5D",
        "/h%C3%A4us.png, /h%C3%A4us.png",
        "'/a b|c{d}^`\"e.png', /a%20b%7Cc%7Bd%7D%5E%60%22e.png",
        "/100%.png, /100%25.png"
    })
    void addressesAreSentPercentEncoded(String given, String sent) throws InterruptedException {
        List<String> targets = new ArrayList<>();
        on("/", exchange -> {
            targets.add(exchange.getRequestURI().toString());
            answer(exchange, 200, FILE);
        });

        assertThat(fetch(given)).isEqualTo(FILE);
        assertThat(targets).containsExactly(sent);
    }

    @ParameterizedTest
    @CsvSource({
        "/hÃ¤us.png, /h%C3%A4us.png", // UTF-8, a byte a character
        "/häus.png, /h%C3%A4us.png", // Latin-1
        "/a b.png, /a%20b.png",
        "/a|b.png?x=y z, /a%7Cb.png?x=y%20z"
    })
    void redirectsAreReadAsBrowsersReadThem(String location, String sent) throws IOException, InterruptedException {
        List<String> targets = new ArrayList<>();
        on("/", exchange -> {
            targets.add(exchange.getRequestURI().toString());
            answer(exchange, 200, FILE);
        });
        var front = answering("HTTP/1.1 302 Found\r\nLocation: http://localhost:" + port() + location
                + "\r\nContent-Length: 0\r\n\r\n");

        assertThat(fetch(Map.of()).fetch("image", "http://localhost:" + front.getLocalPort() + "/x"))
                .isEqualTo(FILE);
        assertThat(targets).containsExactly(sent);
    }

    @ParameterizedTest
    @CsvSource({
        "my_minio.localhost, my_minio.localhost",
        "stack_service, stack_service",
        "bücher.example, xn--bcher-kva.example",
        "BÜCHER。example, xn--bcher-kva.example",
        "localhost., localhost",
        "ＥＸＡＭＰＬＥ.com, example.com"
    })
    void hostsAreLookedUpAndSentInTheirCanonicalForm(String given, String canonical) throws InterruptedException {
        List<String> hosts = new ArrayList<>();
        on("/", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            answer(exchange, 200, FILE);
        });
        UrlFetch fetch = fetch(
                Map.of(),
                host -> {
                    hosts.add(host);
                    return addresses("127.0.0.1");
                },
                address -> true);

        assertThat(fetch.fetch("image", "HTTP://" + given + ":" + port() + "/")).isEqualTo(FILE);
        assertThat(hosts).containsExactly(canonical, canonical + ":" + port());
    }

    @Test
    void aHostThatIsNotKnownAtThisMomentIsAskedForAgain() throws InterruptedException {
        on("/", exchange -> answer(exchange, 200, FILE));
        var lookUps = new AtomicInteger();
        UrlFetch fetch = fetch(
                Map.of(),
                host -> {
                    if (lookUps.getAndIncrement() < 2) {
                        throw new UnknownHostException(host + ": Temporary failure in name resolution");
                    }
                    return addresses("127.0.0.1");
                },
                address -> true);

        assertThat(fetch.fetch("image", "http://far.test:" + port() + "/")).isEqualTo(FILE);
        assertThat(lookUps).hasValue(3);
    }

    @Test
    void aHostThatDoesNotExistIsNot() {
        var lookUps = new AtomicInteger();
        UrlFetch fetch = fetch(
                Map.of(),
                host -> {
                    lookUps.getAndIncrement();
                    throw new UnknownHostException(host + ": Name or service not known");
                },
                address -> true);

        assertFails(fetch, "http://far.test/", Code.FETCH_FAILED, "image: far.test is not known");
        assertThat(lookUps).hasValue(1);
    }

    @Test
    void signedUrlsAreNotRepeatedInErrors() {
        on("/", exchange -> answer(exchange, 403, new byte[0]));

        assertThat(catchThrowableOfType(JobException.class, () -> fetch("/cat.png?X-Amz-Signature=secret")))
                .hasMessage("image: localhost answered 403");
    }

    @Test
    void theMachinesProxyIsNotUsed() throws InterruptedException {
        on("/", exchange -> answer(exchange, 200, FILE));
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "1");
        System.setProperty("http.nonProxyHosts", "");
        try {
            assertThat(fetch("/")).isEqualTo(FILE);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @Test
    void anInterruptEndsTheFetchAndItsConnection() throws InterruptedException, ExecutionException, TimeoutException {
        var arrived = new CompletableFuture<Boolean>();
        var left = new CompletableFuture<Boolean>();
        drip(arrived, left);
        var interrupted = new CompletableFuture<Boolean>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                fetch("/");
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        arrived.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);

        thread.interrupt();

        assertThat(interrupted.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(left.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /**
     * Serves a file at the root that comes byte by byte as long as the test lasts.
     *
     * @param arrived is completed when the first request came
     * @param left is completed when a client went away
     */
    private void drip(CompletableFuture<Boolean> arrived, CompletableFuture<Boolean> left) {
        on("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            arrived.complete(true);
            try {
                while (!isOver(Duration.ofMillis(5))) {
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                left.complete(true);
                throw e;
            }
        });
    }

    private void on(String path, HttpHandler handler) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static void redirect(HttpExchange exchange, int status, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        answer(exchange, status, new byte[0]);
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private String url(String path) {
        return "http://localhost:" + port() + path;
    }

    private byte[] fetch(String path) throws InterruptedException {
        return fetch(Map.of()).fetch("image", url(path));
    }

    private void assertFails(String path, Code code, String message) {
        assertFails(fetch(Map.of()), url(path), code, message);
    }

    private static void assertFails(UrlFetch fetch, String url, Code code, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> fetch.fetch("image", url))
                .withMessageStartingWith(message)
                .withMessageNotContaining("secret")
                .matches(e -> e.code() == code, "code " + code);
    }

    /** One that may go anywhere, with short pauses and a small limit. */
    private UrlFetch fetch(Map<String, String> settings) {
        return opened(new UrlFetch(FetchRules.ofImages(settings(settings)), AllowedHosts.ALL, vertx));
    }

    private UrlFetch fetch(Map<String, String> settings, HostResolver resolver, Predicate<InetAddress> allowed) {
        return opened(
                new UrlFetch(FetchRules.ofImages(settings(settings)), new AllowedHosts(resolver, allowed), vertx));
    }

    private static SourceSettings settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "sources.allow-private-addresses", "true",
                "sources.largest-file", "1000000",
                "sources.back-off", "5ms"));
        more.forEach((name, value) -> settings.put("sources." + name, value));
        return TestSourceSettings.sources(settings);
    }

    private UrlFetch opened(UrlFetch fetch) {
        open.add(fetch);
        return fetch;
    }

    private static InetAddress[] addresses(String... literals) {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    /** Waits as long as this for the end of the test. */
    private boolean isOver(Duration atMost) {
        try {
            return over.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
