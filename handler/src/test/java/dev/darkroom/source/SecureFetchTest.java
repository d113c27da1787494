package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import io.vertx.core.Vertx;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS the connection is pinned too, and the server still has to be the one that the URL names. */
class SecureFetchTest {
    private static final String PASSWORD = "changeit";
    private static final byte[] FILE = {1, 2, 3};

    /** The host names of the requests' handshakes. */
    private static final ConcurrentLinkedQueue<String> NAMES = new ConcurrentLinkedQueue<>();

    @TempDir
    private static Path folder;

    private static Vertx vertx;
    private static HttpsServer server;

    @BeforeAll
    static void start() throws IOException, InterruptedException, GeneralSecurityException {
        vertx = Vertx.vertx();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                var session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
                session.getRequestedServerNames().forEach(name -> NAMES.add(((SNIHostName) name).getAsciiName()));
                if (exchange.getRequestURI().getPath().equals("/down")) {
                    exchange.getResponseHeaders().set("Location", "http://pictures.test/cat.png");
                    exchange.sendResponseHeaders(302, -1);
                } else {
                    exchange.sendResponseHeaders(200, FILE.length);
                    exchange.getResponseBody().write(FILE);
                }
            }
        });
        server.start();
    }

    @AfterAll
    static void stop() throws InterruptedException, ExecutionException, TimeoutException {
        server.stop(0);
        vertx.close().toCompletionStage().toCompletableFuture().get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theHandshakeNamesTheHost() throws InterruptedException {
        NAMES.clear();

        assertThat(fetch(trusted(), "https://pictures.test:" + port() + "/cat.png"))
                .isEqualTo(FILE);
        assertThat(NAMES).containsExactly("pictures.test");
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() {
        assertFails(trusted(), "https://others.test:" + port() + "/", "image: others.test offers no secure connection");
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() {
        assertFails(null, "https://pictures.test:" + port() + "/", "image: pictures.test offers no secure connection");
    }

    @Test
    void aRedirectOutOfTlsIsRefused() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> fetch(trusted(), "https://pictures.test:" + port() + "/down"))
                .withMessage("image: pictures.test redirects from https to http")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private static byte[] fetch(@Nullable TrustOptions trust, String url) throws InterruptedException {
        SourceSettings settings = TestSourceSettings.sources(Map.of("sources.back-off", "5ms"));
        InetAddress[] loopback = {InetAddress.getLoopbackAddress()};
        var hosts = new AllowedHosts(host -> loopback, address -> true);
        try (var fetch = new UrlFetch(FetchRules.ofImages(settings), hosts, vertx, trust)) {
            return fetch.fetch("image", url);
        }
    }

    private static void assertFails(@Nullable TrustOptions trust, String url, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> fetch(trust, url))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.FETCH_FAILED);
    }

    private static int port() {
        return server.getAddress().getPort();
    }

    private static TrustOptions trusted() {
        return new PfxOptions().setPath(folder.resolve("keys.p12").toString()).setPassword(PASSWORD);
    }

    /** With a new key, whose certificate nobody signed, for pictures.test. */
    private static SSLContext context() throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "pictures",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=pictures.test",
                        "-ext",
                        "SAN=dns:pictures.test"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        var keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
