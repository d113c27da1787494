package dev.darkroom.queue.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Eventually;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ApiProfile;
import dev.darkroom.queue.http.Form;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A client of OpenAI's images API; JSON comes with single quotes. */
final class ImagesCaller implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI root;

    ImagesCaller(URI root) {
        this.root = root;
    }

    /**
     * An answer that may still be under way.
     *
     * @param begun completes with the status, as soon as the head is there
     */
    record Call(CompletableFuture<Integer> begun, CompletableFuture<HttpResponse<String>> coming) {
        HttpResponse<String> answer() throws InterruptedException, ExecutionException {
            return coming.get();
        }

        int status() throws InterruptedException, ExecutionException {
            return answer().statusCode();
        }

        JsonNode json() throws InterruptedException, ExecutionException, IOException {
            return JobJson.MAPPER.readTree(answer().body());
        }

        JsonNode error() throws InterruptedException, ExecutionException, IOException {
            return json().path("error");
        }

        /** The data of the events, of which each must have its type as its name. */
        List<JsonNode> events() throws InterruptedException, ExecutionException {
            assertThat(answer().headers().firstValue("Content-Type")).contains("text/event-stream");
            return answer().body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> read(line.substring("data: ".length())))
                    .toList();
        }

        private static JsonNode read(String json) {
            return JobJson.read(json.getBytes(StandardCharsets.UTF_8));
        }
    }

    Call generate(String fields) {
        return send(posting("generations", fields));
    }

    Call edit(String fields) {
        return send(posting("edits", fields));
    }

    Call edit(Form form) {
        return send(request("/v1/images/edits")
                .header("Content-Type", form.contentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.body())));
    }

    HttpRequest.Builder posting(String call, String fields) {
        return request("/v1/images/" + call)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(fields.replace('\'', '"')));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).header("Authorization", "Bearer " + ApiProfile.KEY);
    }

    Call send(HttpRequest.Builder request) {
        var begun = new CompletableFuture<Integer>();
        var coming = client.sendAsync(request.build(), head -> {
            begun.complete(head.statusCode());
            return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        });
        return new Call(
                begun.orTimeout(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS),
                coming.orTimeout(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
