package dev.darkroom.logs.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Posts OTLP messages with Java's own HTTP client, again where the collector says that this may help or does not answer. */
final class OtlpSender implements HttpSender {
    /** As the protocol lists them: too many requests, and gateways that have nobody behind them for now. */
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    private final HttpSenderConfig config;
    private final HttpClient client;

    OtlpSender(HttpSenderConfig config) {
        this.config = config;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(config.getConnectTimeout());
        if (config.getSslContext() != null) {
            builder.sslContext(config.getSslContext());
        }
        this.client = builder.build();
    }

    /** An answer as the exporter reads it. */
    @SuppressWarnings("ArrayRecordComponent") // answers are read, and not compared
    private record Answer(int status, byte[] body) implements HttpResponse {
        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return "";
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }

    @Override
    public void send(MessageWriter message, Consumer<HttpResponse> answered, Consumer<Throwable> failed) {
        HttpRequest request;
        try {
            request = request(message);
        } catch (IOException | IllegalArgumentException e) {
            failed.accept(e);
            return;
        }
        Thread.ofVirtual().name("traces").start(() -> {
            try {
                answered.accept(answer(request));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed.accept(e);
            } catch (IOException | RuntimeException e) {
                failed.accept(e);
            }
        });
    }

    private HttpRequest request(MessageWriter message) throws IOException {
        var body = new ByteArrayOutputStream(message.getContentLength());
        Compressor compressor = config.getCompressor();
        try (OutputStream out = compressor == null ? body : compressor.compress(body)) {
            message.writeMessage(out);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(config.getEndpoint())
                .timeout(config.getTimeout())
                .header("Content-Type", config.getContentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        if (compressor != null) {
            request.header("Content-Encoding", compressor.getEncoding());
        }
        config.getHeadersSupplier()
                .get()
                .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request.build();
    }

    private HttpResponse answer(HttpRequest request) throws IOException, InterruptedException {
        RetryPolicy policy = config.getRetryPolicy();
        int tries = policy == null ? 1 : policy.getMaxAttempts();
        Duration pause = policy == null ? Duration.ZERO : policy.getInitialBackoff();
        for (int tried = 1; ; tried++) {
            @Nullable IOException failure = null;
            try {
                var answer = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofByteArray());
                if (tried >= tries || !PASSING.contains(answer.statusCode())) {
                    return new Answer(answer.statusCode(), answer.body());
                }
            } catch (IOException e) {
                failure = e;
            }
            if (failure != null && tried >= tries) {
                throw failure;
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
    }

    @Override
    public CompletableResultCode shutdown() {
        var closed = new CompletableResultCode();
        var unused = CompletableFuture.runAsync(client::close, Thread::startVirtualThread)
                .whenComplete((nothing, failure) -> closed.succeed());
        return closed;
    }
}
