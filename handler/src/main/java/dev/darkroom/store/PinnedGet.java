package dev.darkroom.store;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One GET request to one address, with no second look-up of the host and no proxy. The host's name still stands in the request, in the TLS
 * handshake and in the certificate that is asked for. Redirects are answers like others.
 */
final class PinnedGet implements AutoCloseable {
    private final HttpClient client;
    private final int largestBody;

    /** @param trust whom to trust instead of the JDK's certificate authorities */
    PinnedGet(Vertx vertx, Duration connectTimeout, int largestBody, @Nullable TrustOptions trust) {
        var options = new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()))
                .setKeepAlive(false)
                .setVerifyHost(true)
                .setMaxHeaderSize(32 << 10);
        if (trust != null) {
            options.setTrustOptions(trust);
        }
        this.client = vertx.httpClientBuilder()
                .with(options)
                .withConnectHandler(connection -> connection.exceptionHandler(ignored -> {})) // the answer tells it too
                .build();
        this.largestBody = largestBody;
    }

    /**
     * What the server said.
     *
     * @param body empty unless the status is 200
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    record Answer(
            int status, @Nullable String location, @Nullable String retryAfter, byte[] body) {}

    /** The body is larger than it may be. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The body is compressed although that was not asked for. */
    static final class Compressed extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Sends the request. Cancelling the future closes the connection. */
    CompletableFuture<Answer> send(WebAddress address, InetAddress server) {
        var options = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(address.port(), server.getHostAddress()))
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.isSecure())
                .setURI(address.target())
                .putHeader("Accept", "image/png,image/jpeg,image/webp,image/gif,image/bmp,*/*;q=0.1")
                .putHeader("Accept-Encoding", "identity")
                .putHeader("User-Agent", "Darkroom");
        var answer = new CompletableFuture<Answer>();
        client.request(options).onFailure(answer::completeExceptionally).onSuccess(request -> send(request, answer));
        return answer;
    }

    private void send(HttpClientRequest request, CompletableFuture<Answer> answer) {
        var closed =
                answer.whenComplete((ignored, failure) -> request.connection().close());
        if (!closed.isDone()) {
            request.send().onFailure(answer::completeExceptionally).onSuccess(response -> receive(response, answer));
        }
    }

    private void receive(HttpClientResponse response, CompletableFuture<Answer> answer) {
        response.exceptionHandler(answer::completeExceptionally);
        if (response.statusCode() != 200) {
            answer.complete(answer(response, new byte[0]));
            return;
        }
        String encoding = response.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            answer.completeExceptionally(new Compressed());
            return;
        }
        if (declaredLength(response) > largestBody) {
            answer.completeExceptionally(new TooLarge());
            return;
        }
        Buffer body = Buffer.buffer();
        response.endHandler(ignored -> answer.complete(answer(response, body.getBytes())));
        response.handler(part -> {
            if (body.length() + part.length() > largestBody) {
                answer.completeExceptionally(new TooLarge());
            } else if (!answer.isDone()) {
                body.appendBuffer(part);
            }
        });
    }

    private static long declaredLength(HttpClientResponse response) {
        String length = response.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return 0; // counted while it comes
        }
    }

    private static Answer answer(HttpClientResponse response, byte[] body) {
        return new Answer(
                response.statusCode(), response.getHeader("Location"), response.getHeader("Retry-After"), body);
    }

    @Override
    public void close() {
        client.close();
    }
}
