package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.durable.Desk;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What web pages in a browser can do with a worker at home: nothing, unless they are listed. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class PagesTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource
    URI root = URI.create("/");

    @AfterAll
    static void hangUp() {
        CLIENT.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "",
                "http://localhost:1",
                "https://localhost:8081",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://app.example.com.evil.example",
                "https://evil.example/?https://app.example.com",
                "https://x.example.org.evil.example"
            })
    void aPageFromElsewhereIsTurnedAway(String origin) throws Exception {
        for (String path : new String[] {"/purge-queue", "/runsync", "/v2/x/run", "/cancel/x"}) {
            HttpResponse<String> answer =
                    send(request(path).header("Origin", origin).POST(HttpRequest.BodyPublishers.ofString("{}")));

            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.body()).startsWith("{\"error\"").contains("DARKROOM_HTTP_CORS_ORIGINS");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.com", "https://shop.example.org"})
    void aListedPageIsLetIn(String origin) throws Exception {
        HttpResponse<String> asked = send(HttpRequest.newBuilder(root.resolve("/v2/x/runsync"))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .containsIgnoringCase("authorization")
                .containsIgnoringCase("content-type");

        HttpResponse<String> answer =
                send(request("/health").header("Origin", origin).header("Sec-Fetch-Site", "cross-site"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);

        HttpResponse<String> refused =
                send(HttpRequest.newBuilder(root.resolve("/health")).header("Origin", origin));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);
    }

    @Test
    void theWorkersOwnPagesAreLetIn() throws Exception {
        for (String origin : new String[] {
            "http://" + root.getAuthority(), "https://pictures.example.net", "https://pictures.example.net:443"
        }) {
            assertThat(send(request("/health").header("Origin", origin)).statusCode())
                    .as(origin)
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/health, cross-site, 403",
        "/schema.json, cross-site, 403",
        "/health, same-origin, 200",
        "/health, none, 200",
        "/ping, cross-site, 204",
        "/results/nothing.png, cross-site, 404"
    })
    void aPageFromElsewhereMayShowResultsAndNothingElse(String path, String site, int status) throws Exception {
        assertThat(send(request(path).header("Sec-Fetch-Site", site)).statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 403",
        "evil.example:8000, 403",
        "127.0.0.1.evil.example, 403",
        "localhost, 200",
        "LOCALHOST:8000, 200",
        "127.0.0.1:8000, 200",
        "[::1]:8000, 200",
        "pictures.example.net, 200"
    })
    void onlyItsOwnNamesLeadToAWorkerThatListensAtHome(String host, int status) throws Exception {
        try (Socket caller = new Socket(root.getHost(), root.getPort())) {
            String request = "GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: "
                    + ApiProfile.KEY + "\r\n\r\n";
            caller.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));

            assertThat(new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void metricsAreOpenWhereTheSettingSaysSo() {
        RequestFilter closed = filter(Map.of());
        RequestFilter open = filter(Map.of("metrics-open", "true"));

        assertThat(closed.isOpen("GET", "/q/metrics")).isFalse();
        assertThat(open.isOpen("GET", "/q/metrics")).isTrue();
        assertThat(open.isOpen("GET", "/health")).isFalse();
        assertThat(open.isOpen("POST", "/q/metrics")).isFalse();
    }

    private static RequestFilter filter(Map<String, String> given) {
        HttpSettings settings = Desk.settings(HttpSettings.class, "test", given);
        var callers = new Callers(settings);
        return new RequestFilter(
                settings,
                "127.0.0.1",
                Optional.empty(),
                new BodyReading(settings, new BodyBudget(settings), callers),
                new ConnectionGuard(settings, callers),
                callers);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).header("Authorization", ApiProfile.KEY);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
