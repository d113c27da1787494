package dev.darkroom.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Callers over HTTP: some wait, some ask again and again, some send twice, some go away, some withdraw their jobs. */
final class HttpSide implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int PATIENCE_OF_LEAVERS = 150;
    private static final Set<String> RUNNING = Set.of("IN_QUEUE", "IN_PROGRESS");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;
    private final SoakJobs jobs;
    private final Ledger ledger;

    HttpSide(int port, SoakJobs jobs, Ledger ledger) {
        this.address = "http://127.0.0.1:" + port;
        this.jobs = jobs;
        this.ledger = ledger;
    }

    /** Sends a job, sees to its end, and returns then. */
    void send(int number) throws IOException, InterruptedException {
        String id = "called-" + number;
        switch (number % 6) {
            case 0, 1 -> waiting(id);
            case 2 -> leaving(id);
            case 3 -> withdrawing(id);
            case 4 -> repeating(id);
            default -> asking(id);
        }
    }

    /** Has the worker do what it remembers afterwards. */
    void warmUp() throws IOException, InterruptedException {
        for (ObjectNode input : SoakJobs.all()) {
            ObjectNode body = JobJson.object();
            body.set("input", input);
            HttpResponse<String> done =
                    client.send(post("/runsync", body.toString()), HttpResponse.BodyHandlers.ofString());
            if (!json(done).path("status").asText().equals("COMPLETED")) {
                throw new IllegalStateException("one of the first jobs: " + done.body());
            }
        }
    }

    private void waiting(String id) throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(post("/runsync", body(id, kind())), HttpResponse.BodyHandlers.ofString());
        ended(id, response);
    }

    private void asking(String id) throws IOException, InterruptedException {
        HttpResponse<String> accepted =
                client.send(post("/run", body(id, kind())), HttpResponse.BodyHandlers.ofString());
        ended(id, accepted.statusCode() == 200 ? last(json(accepted).path("id").asText()) : accepted);
    }

    /** Sends the same twice at once, without a length and by a path with a slash too many: one job. */
    private void repeating(String id) throws IOException, InterruptedException {
        String body = body(id, kind());
        var sent = Stream.of("/run", "/run/")
                .map(path -> client.sendAsync(again(path, id, body), HttpResponse.BodyHandlers.ofString()))
                .toList();
        List<HttpResponse<String>> answers =
                sent.stream().map(CompletableFuture::join).toList();
        Set<String> ids = new HashSet<>();
        for (HttpResponse<String> answer : answers) {
            ids.add(json(answer).path("id").asText());
        }
        HttpResponse<String> accepted = answers.getFirst();
        boolean refused = json(accepted).path("status").asText().equals("FAILED"); // it does not occupy its key
        if (ids.size() != 1 && !refused) {
            throw new IllegalStateException("one key, several jobs: " + ids);
        }
        ended(id, accepted.statusCode() == 200 ? last(ids.iterator().next()) : accepted);
    }

    private HttpRequest again(String path, String key, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(URI.create(address + path))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
                .build();
    }

    private void withdrawing(String id) throws IOException, InterruptedException {
        HttpResponse<String> accepted =
                client.send(post("/run", body(id, SoakKind.WITHDRAWN)), HttpResponse.BodyHandlers.ofString());
        String given = json(accepted).path("id").asText();
        Thread.sleep(ThreadLocalRandom.current().nextInt(PATIENCE_OF_LEAVERS));
        client.send(post("/cancel/" + given, ""), HttpResponse.BodyHandlers.discarding());
        ended(id, last(given));
    }

    private void leaving(String id) throws InterruptedException {
        var call =
                client.sendAsync(post("/runsync", body(id, SoakKind.WITHDRAWN)), HttpResponse.BodyHandlers.ofString());
        Thread.sleep(ThreadLocalRandom.current().nextInt(PATIENCE_OF_LEAVERS));
        call.cancel(true);
        ledger.unanswered(id);
    }

    /** Polls until a job has ended. */
    private HttpResponse<String> last(String given) throws IOException, InterruptedException {
        while (true) {
            HttpResponse<String> status = client.send(
                    HttpRequest.newBuilder(URI.create(address + "/status/" + given))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (status.statusCode() != 200
                    || !RUNNING.contains(json(status).path("status").asText())) {
                return status;
            }
            Thread.sleep(POLL);
        }
    }

    private void ended(String id, HttpResponse<String> response) throws IOException {
        JsonNode body = json(response);
        String end = switch (response.statusCode()) {
            case 200 ->
                body.path("status").asText().equals("COMPLETED")
                        ? "COMPLETED"
                        : body.path("error_type").asText(body.path("status").asText());
            case 400 -> "BAD_INPUT";
            default -> "status " + response.statusCode();
        };
        ledger.ended(id, end, body.path("output"));
    }

    /** What the platform does to a job cannot happen here. */
    private SoakKind kind() {
        SoakKind kind = jobs.nextKind();
        return kind == SoakKind.REFUSED_BY_THE_PLATFORM || kind == SoakKind.WITHDRAWN ? SoakKind.PLAIN : kind;
    }

    private String body(String id, SoakKind kind) {
        ledger.sent(id, kind);
        return jobs.request(kind).toString();
    }

    /** Jobs that wait or run. */
    int underWay() throws IOException, InterruptedException {
        JsonNode counts = json(client.send(
                        HttpRequest.newBuilder(URI.create(address + "/health")).build(),
                        HttpResponse.BodyHandlers.ofString()))
                .path("jobs");
        return counts.path("inQueue").asInt(-1) + counts.path("inProgress").asInt(-1);
    }

    /** Those of these addresses that give no picture. */
    List<String> unreadable(List<String> addresses) throws IOException, InterruptedException {
        List<String> unreadable = new java.util.ArrayList<>();
        for (String url : addresses) {
            HttpResponse<byte[]> picture = client.send(
                    HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (picture.statusCode() != 200 || picture.body().length < 100) {
                unreadable.add(picture.statusCode() + " " + url.replaceFirst("\\?.*", ""));
            }
        }
        return unreadable;
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JobJson.MAPPER.readTree(response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
