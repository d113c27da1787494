package dev.darkroom.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A worker as {@code ./entrypoint.sh} starts it, with data of its own that go with it. */
final class ServedWorker implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path data;
    private final int port;
    private final Process process;
    final double startMilliseconds;

    /** Starts it, and waits until it answers that it is ready. */
    ServedWorker(Path home) throws IOException, InterruptedException {
        data = Bench.scratch();
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var builder = new ProcessBuilder(home.resolve("entrypoint.sh").toString())
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("log").toFile());
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("DARKROOM_DATA", data.toString());
        long start = System.nanoTime();
        process = builder.start();
        while (!log().contains("READY at ")) {
            if (!process.isAlive() || System.nanoTime() - start > TIMEOUT_SECONDS * 1_000_000_000L) {
                close();
                throw new IllegalStateException("the worker was not ready within " + TIMEOUT_SECONDS + " s");
            }
            Thread.sleep(5);
        }
        startMilliseconds = (System.nanoTime() - start) / 1e6;
    }

    /** The line that says what the start has taken. */
    Optional<String> phases() throws IOException {
        return log().lines()
                .filter(line -> line.contains("started in "))
                .map(line -> line.substring(line.indexOf("started in ")))
                .findFirst();
    }

    private String log() throws IOException {
        return Files.readString(data.resolve("log"));
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return JSON.readTree(
                client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    /** Waits until no job is left. */
    void awaitIdle() throws IOException, InterruptedException {
        URI health = URI.create("http://127.0.0.1:" + port + "/health");
        JsonNode jobs;
        do {
            Thread.sleep(50);
            jobs = JSON.readTree(
                            client.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
                                    .body())
                    .path("jobs");
        } while (jobs.path("inQueue").asInt() + jobs.path("inProgress").asInt() > 0);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        client.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
