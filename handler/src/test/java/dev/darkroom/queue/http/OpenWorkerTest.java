package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A worker that listens on all addresses without a key, because it was told to: pages whose names lead to it stay outside. */
@QuarkusTest
@TestProfile(OpenWorkerTest.Open.class)
class OpenWorkerTest {
    @TestHTTPResource
    URI root = URI.create("/");

    @ParameterizedTest
    @CsvSource({
        "POST, /purge-queue, 'Host: evil.example', 403",
        "POST, /purge-queue, 'Host: evil.example|Origin: http://evil.example', 403",
        "POST, /run, 'Host: evil.example', 403",
        "GET, /health, 'Host: evil.example:8000', 403",
        "GET, /health, 'Host: worker.other', 403",
        "GET, /health, 'Host: worker.default.svc:80', 200",
        "GET, /health, 'Host: deep.in.example.com', 200",
        "GET, /health, 'Host: 10.1.2.3:8000', 200",
        "GET, /health, 'Host: [fd00::7]:8000', 200",
        "GET, /ping, 'Host: 10.1.2.3:8000', 204",
        "GET, /q/health/live, 'Host: 10.1.2.3', 200",
        "GET, /health, 'Host: 10.1.2.3|Origin: http://10.1.2.3', 200",
        "POST, /purge-queue, 'Host: 10.1.2.3|Origin: http://evil.example', 403",
        "GET, /health, 'Host: 10.1.2.3|Sec-Fetch-Site: CROSS-SITE', 403"
    })
    void itAnswersToItsNamesAndAddresses(String method, String path, String headers, int status) throws Exception {
        assertThat(first(method + " " + path + " HTTP/1.1\r\n" + headers.replace("|", "\r\n")))
                .startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource({"/ping, 204", "/q/health/live, 200"})
    void aProbeNeedsNoHost(String path, int status) throws Exception {
        assertThat(first("GET " + path + " HTTP/1.0")).matches("HTTP/1.[01] " + status + "(?s).*");
    }

    private String first(String head) throws Exception {
        try (Socket caller = new Socket("127.0.0.1", root.getPort())) {
            String request = head + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            caller.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Says so. */
    public static final class Open implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.host",
                    "0.0.0.0",
                    "darkroom.http.open",
                    "true",
                    "darkroom.http.hosts",
                    "worker.default.svc, *.example.com");
        }
    }
}
