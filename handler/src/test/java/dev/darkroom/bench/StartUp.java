package dev.darkroom.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** From {@code ./entrypoint.sh} to the first 200 of {@code /ping}. */
final class StartUp {
    private static final int REPETITIONS = 5;
    private static final int TIMEOUT_SECONDS = 60;

    private StartUp() {}

    static Measured measure(Path home) throws Exception {
        double[] times = new double[REPETITIONS];
        for (int i = -1; i < REPETITIONS; i++) {
            double time = once(home);
            if (i >= 0) {
                times[i] = time;
            }
        }
        return Measured.of("start-up to READY", times);
    }

    private static double once(Path home) throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var builder = new ProcessBuilder(home.resolve("entrypoint.sh").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PORT", Integer.toString(port));
        long start = System.nanoTime();
        Process worker = builder.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest ping = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ping"))
                    .build();
            while (System.nanoTime() - start < TIMEOUT_SECONDS * 1_000_000_000L) {
                if (status(client, ping) == 200) {
                    return (System.nanoTime() - start) / 1e6;
                }
                Thread.sleep(5);
            }
            throw new IllegalStateException("the worker was not ready within " + TIMEOUT_SECONDS + " s");
        } finally {
            worker.destroy();
            worker.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static int status(HttpClient client, HttpRequest ping) throws InterruptedException {
        try {
            return client.send(ping, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0; // not listening yet
        }
    }
}
