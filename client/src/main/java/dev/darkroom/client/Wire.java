package dev.darkroom.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The calls of RunPod's endpoint API, and the events that a worker adds to it. */
final class Wire implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~-]{1,200}");

    /** RunPod knows no keys of submissions: what may have arrived there is not sent again. */
    private static final String WITHOUT_KEYS = "api.runpod.ai";

    private final URI address;
    private final @Nullable String key;
    private final HttpClient http;
    private final Exchange exchange;
    private final Exchange.Again submissions;
    private volatile boolean withoutEvents;

    Wire(URI address, @Nullable String key, HttpClient http, Exchange exchange) {
        this.address = address;
        this.key = key;
        this.http = http;
        this.exchange = exchange;
        boolean keys = !WITHOUT_KEYS.equalsIgnoreCase(address.getHost());
        submissions = keys ? Exchange.Again.ALWAYS : Exchange.Again.UNHEARD;
    }

    /** Submits a job. */
    JsonNode run(byte[] body, String idempotencyKey) throws InterruptedException {
        HttpRequest request = request("/run")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return read(exchange.call(request, submissions));
    }

    /** Asks for the status of a job. */
    JsonNode status(String id) throws InterruptedException {
        return read(exchange.call(request("/status/", id).build(), Exchange.Again.ALWAYS));
    }

    /** Cancels a job. */
    JsonNode cancel(String id) throws InterruptedException {
        return read(exchange.call(post("/cancel/", id), Exchange.Again.ALWAYS));
    }

    /** Has a failed job done again. */
    JsonNode retry(String id) throws InterruptedException {
        return read(exchange.call(post("/retry/", id), Exchange.Again.UNHEARD));
    }

    /** Asks how the server is. */
    JsonNode health() throws InterruptedException {
        return read(exchange.call(request("/health").build(), Exchange.Again.ALWAYS));
    }

    /** Begins to read the events of a job; empty if there are none now, or never. */
    Optional<EventLines> events(String id) throws InterruptedException {
        if (withoutEvents) {
            return Optional.empty();
        }
        HttpRequest request =
                request("/events/", id).header("Accept", "text/event-stream").build();
        try {
            var response = exchange.once(request, HttpResponse.BodyHandlers.ofPublisher());
            boolean events = response.statusCode() == 200
                    && response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            if (events) {
                return Optional.of(EventLines.of(response.body()));
            }
            response.body().subscribe(HttpResponse.BodySubscribers.discarding());
            // a busy worker has them later; one that does not know the job may have those of others
            if (response.statusCode() < 500 && response.statusCode() != 429) {
                status(id);
                withoutEvents = true;
            }
        } catch (IOException e) {
            // whether the server is there at all is told by the next call
        }
        return Optional.empty();
    }

    private HttpRequest post(String path, String id) {
        return request(path, id).POST(HttpRequest.BodyPublishers.noBody()).build();
    }

    private HttpRequest.Builder request(String path, String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'" + id + "' is no id of a job");
        }
        return request(path + id);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).header("User-Agent", "darkroom-client");
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private static JsonNode read(HttpResponse<byte[]> response) {
        if (response.statusCode() == 200) {
            return AnswerReader.json(response.body());
        }
        throw DarkroomException.refused(response.statusCode(), reason(response));
    }

    private static String reason(HttpResponse<byte[]> response) {
        String whole = "HTTP " + response.statusCode() + " from "
                + response.request().uri().getAuthority();
        try {
            JsonNode error = AnswerReader.json(response.body()).path("error");
            return error.isTextual() ? error.asText() : error.isMissingNode() ? whole : error.toString();
        } catch (DarkroomException e) {
            String text = new String(response.body(), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? whole : whole + ": " + text.substring(0, Math.min(200, text.length()));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
