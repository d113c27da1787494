package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Size;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.Desk;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RunPod's endpoint API and what is around it, over HTTP. The tests are the worker: they take jobs and say how they go. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class EndpointApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

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
        post("/purge-queue", "{}");
        Desk.until(() -> served.health().jobs().inProgress() == 0);
    }

    @AfterAll
    static void hangUp() {
        CLIENT.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/v2/my-endpoint", "/v2/LOCAL"})
    void aJobGoesItsWayUnderEachOfItsAddresses(String prefix) throws Exception {
        JsonNode accepted = post(prefix + "/run", body("a"));
        assertThat(accepted.path("status").asText()).isEqualTo("IN_QUEUE");
        String id = accepted.path("id").asText();

        Ticket ticket = served.take();
        assertThat(ticket.id()).isEqualTo(id);
        assertThat(get(prefix + "/status/" + id).path("status").asText()).isEqualTo("IN_QUEUE");
        ticket.started();
        ticket.report(1, 4);
        JsonNode running = post(prefix + "/status/" + id, "");
        assertThat(running.path("status").asText()).isEqualTo("IN_PROGRESS");
        assertThat(running.at("/output/percent").asDouble()).isEqualTo(25.0);
        assertThat(get(prefix + "/health").at("/jobs/inProgress").asInt()).isEqualTo(1);
        assertThat(get(prefix + "/health").at("/workers/running").asInt()).isEqualTo(1);

        ticket.completed(Desk.result());
        JsonNode done = get(prefix + "/status-sync/" + id + "?wait=1000");
        assertThat(done.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(done.path("executionTime").isNumber()).isTrue();
        assertThat(done.path("delayTime").isNumber()).isTrue();
        assertThat(get(prefix + "/stream/" + id).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(get(prefix + "/status/" + id + "?ttl=0")).isEqualTo(done);
        assertThat(send(request("/status/" + id)).statusCode()).isEqualTo(404);
    }

    @Test
    void aFormIsAJob() throws Exception {
        var form = new Form()
                .file("image", "my.png", new byte[] {(byte) 0x89, 'P', 'N', 'G'})
                .text("prompt", "make it night")
                .text("num_inference_steps", "3");
        String id = ok(send(request("/v2/x/run")
                        .header("Content-Type", form.contentType())
                        .POST(HttpRequest.BodyPublishers.ofByteArray(form.body()))))
                .path("id")
                .asText();
        Ticket ticket = served.take();

        assertThat(ticket.id()).isEqualTo(id);
        assertThat(ticket.job().images()).containsExactly("data:;base64,iVBORw==");
        ticket.completed(Desk.result());
        assertThat(get("/status/" + id).path("status").asText()).isEqualTo("COMPLETED");

        var wrong = new Form().text("promt", "a").text("width", "5");
        JsonNode refused = ok(send(request("/runsync")
                .header("Content-Type", wrong.contentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(wrong.body()))));
        assertThat(refused.path("error").asText())
                .contains("promt: is no field of this worker; did you mean prompt?", "width: must be from 64 to 4096");
    }

    @Test
    void aCallerWhoAsksBeforeItSendsABodyIsAnswered() throws Exception {
        var form = new Form().text("prompt", "a");
        try (Socket caller = new Socket(root.getHost(), root.getPort())) {
            String head =
                    "POST /run HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nAuthorization: "
                            + ApiProfile.KEY + "\r\nContent-Type: " + form.contentType() + "\r\nContent-Length: "
                            + form.body().length + "\r\n\r\n";
            caller.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            var answers = new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
            assertThat(answers.readLine()).startsWith("HTTP/1.1 100");
            caller.getOutputStream().write(form.body());
            assertThat(answers.readAllLines())
                    .contains("HTTP/1.1 200 OK")
                    .last()
                    .asString()
                    .contains("IN_QUEUE");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "multipart/form-data, 400, the body is no valid form: its Content-Type names no boundary",
        "multipart/form-data; boundary=x, 400, the body is no valid form: it ends before its last boundary",
        "multipart/mixed; boundary=x, 415, the body must be JSON or multipart/form-data"
    })
    void aFormThatCannotBeReadIsRefused(String contentType, int status, String error) throws Exception {
        for (String path : List.of("/run", "/runsync")) {
            HttpResponse<String> answer = send(request(path)
                    .header("Content-Type", contentType)
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na red cir")));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(json(answer).path("error").asText()).isEqualTo(error);
        }
    }

    @Test
    void aFormMayBeAsLargeAsAnyBody() throws Exception {
        var form = new Form().file("image", "my.png", new byte[800_000]).text("prompt", "a");
        HttpResponse<String> answer = send(request("/run")
                .header("Content-Type", form.contentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.body())));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(json(answer).path("error").asText()).startsWith("the body is too large: at most 1048576 bytes");
    }

    @Test
    void aCallerWhoWaitsGetsTheResult() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sendAsync(posting("/runsync", body("a")));
        served.take().completed(Desk.result());

        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(json(answer.get()).path("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void aCallerWhoDoesNotWaitLongFindsTheResultLater() throws Exception {
        JsonNode waited = post("/runsync?wait=1", body("a"));
        assertThat(waited.path("status").asText()).isEqualTo("IN_QUEUE");
        CompletableFuture<HttpResponse<String>> poll =
                sendAsync(request("/status-sync/" + waited.path("id").asText() + "?wait=60000"));
        served.take().completed(Desk.result());

        assertThat(json(poll.get()).path("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void aJobWhoseCallerHangsUpIsWithdrawn() throws Exception {
        try (Socket caller = new Socket(root.getHost(), root.getPort())) {
            String body = body("a");
            String request = "POST /runsync HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + ApiProfile.KEY
                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            caller.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            Desk.until(() -> served.health().jobs().inQueue() == 1);
            assertThat(served.health().jobs().inQueue()).isEqualTo(1);
        }

        Desk.until(() -> served.health().jobs().inQueue() == 0);
        assertThat(served.health().jobs().inProgress()).isZero();
    }

    @Test
    void withdrawingRetryingAndPurging() throws Exception {
        String first = post("/run", body("a")).path("id").asText();
        String second = post("/run", body("b")).path("id").asText();
        assertThat(post("/cancel/" + first, "{}").path("status").asText()).isEqualTo("CANCELLED");
        HttpResponse<String> refused = send(posting("/retry/" + first, "{}"));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).path("error").asText()).contains("only FAILED and TIMED_OUT");
        served.take().failed(Desk.broken());
        assertThat(get("/status/" + second).path("error_type").asText()).isEqualTo("INTERNAL");
        JsonNode again = post("/retry/" + second, "{}");
        assertThat(again.path("status").asText()).isEqualTo("IN_QUEUE");
        assertThat(again.path("retries").asInt()).isEqualTo(1);

        assertThat(post("/purge-queue", "{}").toString()).isEqualTo("{\"removed\":1,\"status\":\"completed\"}");
        assertThat(get("/status/" + second).path("status").asText()).isEqualTo("CANCELLED");
    }

    @Test
    void aStreamWaitsForNewsAndTellsThemOnce() throws Exception {
        String id = post("/run", body("a")).path("id").asText();
        Ticket ticket = served.take();
        CompletableFuture<HttpResponse<String>> news = sendAsync(request("/stream/" + id));
        ticket.report(0, 4);
        assertThat(json(news.get()).at("/stream/0/output/type").asText()).isEqualTo("progress");

        ticket.stored(Desk.image(0, new dev.darkroom.job.Stored.At(URI.create("http://localhost/0.png"))));
        ticket.completed(Desk.result());
        JsonNode rest = post("/stream/" + id, "");
        assertThat(rest.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(rest.path("stream")).hasSize(1);
        assertThat(rest.at("/stream/0/output/url").asText()).isEqualTo("http://localhost/0.png");
        assertThat(get("/stream/" + id).path("stream")).isEmpty();
    }

    @Test
    void eventsTellWhatHappensUntilTheEnd() throws Exception {
        String id = post("/run", body("a")).path("id").asText();
        HttpResponse<InputStream> events =
                CLIENT.send(request("/events/" + id).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        try (var lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            assertThat(event(lines)).containsExactly("status", "{\"id\":\"" + id + "\",\"status\":\"IN_QUEUE\"}");
            Ticket ticket = served.take();
            ticket.started();
            assertThat(event(lines)).containsExactly("status", "{\"id\":\"" + id + "\",\"status\":\"IN_PROGRESS\"}");
            ticket.report(3, 4);
            assertThat(event(lines))
                    .containsExactly("progress", "{\"type\":\"progress\",\"value\":3,\"max\":4,\"percent\":75.0}");
            var sample = ticket.job().samples().getFirst();
            ticket.previewed(new Preview(sample, 3, 4, new Size(16, 8), new byte[] {1, 2, 3}));
            assertThat(event(lines))
                    .containsExactly(
                            "preview",
                            "{\"type\":\"preview\",\"index\":0,\"value\":3,\"max\":4,\"image\":\"AQID\","
                                    + "\"format\":\"jpeg\",\"width\":16,\"height\":8}");
            ticket.stored(Desk.image(0, new dev.darkroom.job.Stored.At(URI.create("http://localhost/0.png"))));
            assertThat(event(lines)).first().isEqualTo("image");
            ticket.completed(Desk.result());
            List<String> end = event(lines);
            assertThat(end).first().isEqualTo("end");
            assertThat(JobJson.MAPPER.readTree(end.getLast())).isEqualTo(get("/status/" + id));
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void aListenerWhoDoesNotReadMissesStepsAndNoPicture() throws Exception {
        String id = post("/run", body("a")).path("id").asText();
        Ticket ticket = served.take();
        int steps = 200_000;
        try (Socket listener = new Socket(root.getHost(), root.getPort())) {
            listener.setReceiveBufferSize(4_096);
            String request =
                    "GET /events/" + id + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
                            + ApiProfile.KEY + "\r\n\r\n";
            listener.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            for (int step = 0; step <= steps; step++) {
                ticket.report(step, steps);
            }
            for (int i = 0; i < 5; i++) {
                ticket.stored(
                        Desk.image(i, new dev.darkroom.job.Stored.At(URI.create("http://localhost/" + i + ".png"))));
            }
            ticket.completed(Desk.result());

            String all = new String(listener.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all.split("event: progress", -1)).hasSizeLessThan(steps / 2);
            assertThat(all).contains("/0.png", "/1.png", "/2.png", "/3.png", "/4.png", "event: end");
        }
    }

    /** Name and data of the next event. */
    private static List<String> event(BufferedReader lines) throws IOException {
        List<String> event = new ArrayList<>();
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            event.add(line.substring(line.indexOf(':') + 1).strip());
        }
        return event;
    }

    @Test
    void onlySoManyCallersWait() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> callers = new ArrayList<>();
        for (int i = 0; i < ApiProfile.CALLERS; i++) {
            callers.add(sendAsync(posting("/runsync", body("a"))));
        }
        Desk.until(() -> served.health().jobs().inQueue() == ApiProfile.CALLERS);

        HttpResponse<String> refused = send(posting("/runsync", body("one too many")));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        String id = post("/run", body("a")).path("id").asText();
        HttpResponse<String> listener = send(request("/events/" + id));
        assertThat(listener.statusCode()).isEqualTo(429);
        assertThat(listener.headers().firstValue("Retry-After")).isPresent();

        for (int i = 0; i < ApiProfile.CALLERS; i++) {
            served.take().completed(Desk.result());
        }
        for (CompletableFuture<HttpResponse<String>> caller : callers) {
            assertThat(json(caller.get()).path("status").asText()).isEqualTo("COMPLETED");
        }
        CompletableFuture<HttpResponse<String>> next = sendAsync(posting("/runsync", body("b")));
        served.take().completed(Desk.result());
        served.take().completed(Desk.result());
        assertThat(next.get().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health",
                "/status/x",
                "/v2/x/health",
                "/events/x",
                "/openapi.json",
                "/q/openapi",
                "/schema.json",
                "/q/metrics",
                "//health",
                "/nothing"
            })
    void withoutTheKeyNobodyComesIn(String path) throws Exception {
        for (String key : List.of("", "Bearer ", "Bearer wrong", ApiProfile.KEY + "x", "Basic " + ApiProfile.KEY)) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(root.resolve("/").resolve(root + path.substring(1)));
            HttpResponse<String> answer = send(key.isEmpty() ? request : request.header("Authorization", key));
            assertThat(answer.statusCode()).as(path + " with " + key).isEqualTo(401);
            assertThat(json(answer).path("error").asText()).contains("the API key is missing or wrong");
        }
    }

    @ParameterizedTest
    @CsvSource({"/ping, 204", "/q/health/live, 200", "/q/health/ready, 503", "/results/nothing.png, 404"})
    void healthAndResultsNeedNoKey(String path, int status) throws Exception {
        assertThat(send(HttpRequest.newBuilder(root.resolve(path))).statusCode())
                .isEqualTo(status);
    }

    @Test
    void theKeyComesWithOrWithoutBearer() throws Exception {
        for (String shown : List.of(ApiProfile.KEY, "Bearer " + ApiProfile.KEY, "bearer  " + ApiProfile.KEY)) {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(root.resolve("/health")).header("Authorization", shown));
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404",
        "GET, /v2/x, 404",
        "GET, /status, 404",
        "GET, /v2/x/v2/y/nothing, 404",
        "GET, /run, 405",
        "DELETE, /status/x, 405",
        "GET, /status/nobody, 404",
        "GET, /events/nobody, 404",
        "POST, /retry/nobody, 404",
        "POST, /runsync?wait=soon, 400",
        "POST, /run, 400"
    })
    void whatIsWrongIsToldInJson(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(json(answer).path("error").asText()).isNotEmpty();
    }

    @Test
    void aSubmissionThatIsSentAgainUnderItsKeyIsTheSameJob() throws Exception {
        String id = ok(send(keyed("/run", "a", "order-17"))).path("id").asText();
        assertThat(ok(send(keyed("/v2/x/run", "a", "\"order-17\""))).path("id").asText())
                .isEqualTo(id);
        CompletableFuture<HttpResponse<String>> waiting = sendAsync(keyed("/runsync", "a", "order-17"));
        HttpResponse<String> other = send(keyed("/runsync", "b", "order-17"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(json(other).path("error").asText()).contains("Idempotency-Key: order-17 ");
        served.take().completed(Desk.result());

        assertThat(json(waiting.get()).path("id").asText()).isEqualTo(id);
        JsonNode done = ok(send(keyed("/runsync", "a", "order-17")));
        assertThat(done.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(ok(send(keyed("/run", "a", "order-17"))).path("id").asText()).isEqualTo(id);
        assertThat(served.health().jobs().inQueue()).isZero();
    }

    @Test
    void aKeyThatIsNoneIsRefusedAndNothingIsDone() throws Exception {
        for (HttpRequest.Builder request : List.of(
                keyed("/run", "a", ""),
                keyed("/run", "a", "two words"),
                keyed("/runsync", "a", "k".repeat(256)),
                keyed("/run", "a", "one").header("Idempotency-Key", "one"))) {
            HttpResponse<String> answer = send(request);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(json(answer).path("error").asText()).startsWith("Idempotency-Key: ");
        }
        assertThat(served.health().jobs().inQueue()).isZero();
    }

    private HttpRequest.Builder keyed(String path, String prompt, String key) {
        return posting(path, body(prompt)).header("Idempotency-Key", key);
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        byte[] large = Desk.request("x".repeat(1_100_000), "");
        HttpRequest.Builder request = request("/run").version(HttpClient.Version.HTTP_1_1);

        HttpResponse<String> told = send(request.POST(HttpRequest.BodyPublishers.ofByteArray(large)));
        assertThat(told.statusCode()).isEqualTo(413);
        assertThat(json(told).path("error").asText()).isEqualTo("the body is too large: at most 1048576 bytes");

        HttpResponse<String> found = send(request.POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(large))));
        assertThat(found.statusCode()).isEqualTo(413);
    }

    private static String body(String prompt) {
        return new String(Desk.request(prompt, ""), StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).header("Authorization", "Bearer " + ApiProfile.KEY);
    }

    private HttpRequest.Builder posting(String path, String body) {
        return request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private JsonNode get(String path) throws Exception {
        return ok(send(request(path)));
    }

    private JsonNode post(String path, String body) throws Exception {
        return ok(send(posting(path, body)));
    }

    private static JsonNode ok(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JobJson.MAPPER.readTree(response.body());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
