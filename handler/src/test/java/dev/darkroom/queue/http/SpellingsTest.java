package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.Counts;
import dev.darkroom.queue.durable.Desk;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However an address is spelt: it does what the plain one does, or it leads nowhere and nothing is done. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class SpellingsTest {
    private static final String KEY = "Authorization: Bearer " + ApiProfile.KEY;
    private static final String BODY = "{\"input\":{\"prompt\":\"a\"}}";

    /** Calls as method and path; those with an effect are judged by what they do, too. */
    private static final List<String> CALLS = List.of(
            "POST /run",
            "POST /runsync?wait=1000",
            "GET /status/nobody",
            "POST /status/nobody",
            "GET /status-sync/nobody",
            "GET /stream/nobody",
            "GET /events/nobody",
            "POST /cancel/nobody",
            "POST /retry/nobody",
            "POST /purge-queue",
            "POST /verify",
            "GET /health",
            "POST /v1/images/generations",
            "POST /v1/images/edits",
            "GET /v1/models",
            "GET /v1/models/nobody",
            "GET /status",
            "POST /sdapi/v1/txt2img",
            "POST /sdapi/v1/img2img",
            "POST /sdapi/v1/interrupt",
            "GET /sdapi/v1/progress",
            "POST /sdapi/v1/options",
            "GET /sdapi/v1/sd-models",
            "POST /mcp",
            "DELETE /mcp",
            "GET /ping",
            "GET /results/nothing.png",
            "GET /schema.json",
            "GET /openapi.json",
            "GET /q/openapi",
            "GET /q/metrics",
            "GET /q/health",
            "GET /q/health/live");

    private static final Set<String> OPEN = Set.of("/ping", "/results/nothing.png", "/q/health", "/q/health/live");

    @Inject
    ServedQueue served;

    @TestHTTPResource
    URI root = URI.create("/");

    @BeforeEach
    void open() throws IOException {
        served.open();
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        RawCaller.call(root, RawCaller.head("POST", "/purge-queue", KEY));
        Desk.until(() -> served.health().jobs().inQueue() == 0);
    }

    static List<String> spellings(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        String escaped = String.format(Locale.ROOT, "%%%02x", (int) last.charAt(0)) + last.substring(1);
        String folder = path.substring(0, path.length() - last.length());
        List<String> all = new ArrayList<>(List.of(
                path,
                path + "/",
                path + "//",
                path + "/.",
                path + "/x/..",
                path + ";x",
                path + ";a=b",
                path + "/;a=b",
                path + "%2F",
                path + "%2f",
                path + "%3Bx",
                path + "%20",
                path + "%00",
                path + "%",
                path + "%zz",
                path + "%C3%A4",
                path + "%2e%2e",
                path + "\\",
                path + ".json",
                "/" + path,
                "//" + path,
                "/." + path,
                "/x/.." + path,
                "/%2e" + path,
                "/%2e%2e" + path,
                "/;x" + path,
                folder + escaped,
                folder + escaped.toUpperCase(Locale.ROOT),
                folder + "%25" + escaped.substring(1),
                "%2F" + path.substring(1),
                path.toUpperCase(Locale.ROOT),
                "/v2/x" + path,
                "/v2/x" + path + "/",
                "/v2/x/" + path,
                "/v2//x" + path,
                "/v2/x;y" + path,
                "/v2/%78" + path,
                "/v2/x/v2/y" + path,
                "/V2/x" + path,
                "/v3/x" + path,
                "http://localhost" + path,
                "http://localhost" + path + "/"));
        if (!path.startsWith("/q/")) { // there, q would be the name of an endpoint
            all.add("/v2" + path);
        }
        return all;
    }

    @Test
    void everySpellingDoesWhatThePlainOneDoesOrNothing() throws Exception {
        for (String call : CALLS) {
            String method = call.substring(0, call.indexOf(' '));
            String[] address = call.substring(call.indexOf(' ') + 1).split("\\?", 2);
            String query = address.length > 1 ? "?" + address[1] : "";
            RawCaller.Answer plain = RawCaller.call(root, request(method, address[0] + query, KEY));
            for (String spelling : spellings(address[0])) {
                long before = submitted();
                RawCaller.Answer answer = RawCaller.call(root, request(method, spelling + query, KEY));
                String what = method + " " + spelling + query + ": " + answer.head() + "\n" + answer.body();
                if (answer.status() == plain.status() && plain.status() == 200) {
                    boolean submits = address[0].startsWith("/run");
                    assertThat(submitted() - before).as(what).isEqualTo(submits ? 1 : 0);
                } else {
                    assertThat(answer.status()).as(what).isIn(plain.status(), 404, 400);
                    assertThat(submitted()).as(what).isEqualTo(before);
                }
                boolean health = address[0].startsWith("/q/health") && answer.status() == 503;
                if (answer.status() >= 400 && !health) {
                    assertInForm(answer);
                }
                if (address[0].startsWith("/run")) {
                    RawCaller.call(root, RawCaller.head("POST", "/purge-queue", KEY));
                }
            }
        }
    }

    @Test
    void whateverAnswersWantsTheKey() throws Exception {
        for (String call : CALLS) {
            String method = call.substring(0, call.indexOf(' '));
            String path = call.substring(call.indexOf(' ') + 1);
            for (String spelling : spellings(path.split("\\?", 2)[0])) {
                for (String verb : List.of(method, "HEAD", "OPTIONS", "TRACE", "PUT")) {
                    RawCaller.Answer answer = RawCaller.call(root, request(verb, spelling));
                    boolean nowhere = !spelling.startsWith("/") && !spelling.startsWith("http:");
                    boolean open = nowhere
                            || (OPEN.contains(path) && Set.of("GET", "HEAD").contains(verb));
                    assertThat(answer.status())
                            .as(verb + " " + spelling + ": " + answer.head())
                            .isIn(open ? List.of(200, 204, 404, 401, 400, 503) : List.of(401, 400));
                }
            }
        }
        assertThat(served.health().jobs().inQueue()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /run, 'POST, OPTIONS'",
        "HEAD, /run, 'POST, OPTIONS'",
        "TRACE, /runsync, 'POST, OPTIONS'",
        "DELETE, /status/x, 'GET, HEAD, POST, OPTIONS'",
        "HEAD, /stream/x, 'GET, POST, OPTIONS'",
        "POST, /events/x, 'GET, OPTIONS'",
        "GET, /cancel/x, 'POST, OPTIONS'",
        "POST, /health, 'GET, HEAD, OPTIONS'",
        "PUT, /v2/x/purge-queue/, 'POST, OPTIONS'",
        "GET, /v1/images/edits, 'POST, OPTIONS'",
        "POST, /v1/models, 'GET, HEAD, OPTIONS'",
        "GET, /sdapi/v1/txt2img, 'POST, OPTIONS'",
        "GET, /mcp, 'POST, DELETE, OPTIONS'",
        "BREW, /ping, 'GET, HEAD, OPTIONS'"
    })
    void anotherMethodIsToldWhichThereAre(String method, String path, String allow) throws Exception {
        RawCaller.Answer answer = RawCaller.call(root, request(method, path, KEY));

        assertThat(answer.status()).as(answer.head()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo(allow);
    }

    @Test
    void everyCallOfTheDocumentIsKnownWithItsMethods() throws Exception {
        JsonNode document = JobJson.MAPPER.readTree(RawCaller.call(root, RawCaller.head("GET", "/openapi.json", KEY))
                .body());
        document.path("paths").properties().forEach(path -> {
            String address = path.getKey().replaceAll("\\{[^}]*\\}", "x");
            Calls.at(address)
                    .ifPresent(call -> path.getValue()
                            .fieldNames()
                            .forEachRemaining(method -> assertThat(call.knows(method.toUpperCase(Locale.ROOT)))
                                    .as(method + " " + address)
                                    .isTrue()));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 300, 600, 700})
    void howeverManyEndpointsAreNamedTheAnswerComesAtOnce(int endpoints) throws Exception {
        String path = "/v2/a".repeat(endpoints) + "/health";

        RawCaller.Answer answer = RawCaller.call(root, request("GET", path, KEY));

        assertThat(answer.status()).as(answer.head()).isIn(200, 414);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run", "/run/", "/v2/x/run", "/health", "/;", "/%zz"})
    void spellingsAreTheSameOverHttp2(String path) throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(Duration.ofSeconds(10))
                .build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                            "http://" + root.getHost() + ":" + root.getPort() + path.replace("%zz", "%7A%7A")))
                    .header("Authorization", ApiProfile.KEY);
            HttpResponse<String> answer = client.send(
                    path.contains("run")
                            ? request.POST(HttpRequest.BodyPublishers.ofString(BODY))
                                    .build()
                            : request.build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(path.contains("run") || path.equals("/health") ? 200 : 404);
            JobJson.MAPPER.readTree(answer.body());
        }
    }

    private static String request(String method, String target, String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        boolean bodied = Set.of("POST", "PUT").contains(method);
        all[headers.length] = "Content-Length: " + (bodied ? BODY.length() : 0);
        return RawCaller.head(method, target, all) + (bodied ? BODY : "");
    }

    private static void assertInForm(RawCaller.Answer answer) throws IOException {
        assertThat(answer.header("Content-Type")).as(answer.head()).startsWith("application/json");
        JsonNode error = JobJson.MAPPER.readTree(answer.body()).path("error");
        assertThat(error.isObject() ? error.path("message").asText() : error.asText())
                .as(answer.head() + answer.body())
                .isNotEmpty();
    }

    /** How many jobs wait or have ended. */
    private long submitted() {
        Counts.Jobs jobs = served.health().jobs();
        return jobs.inQueue() + jobs.inProgress() + jobs.completed() + jobs.failed();
    }
}
