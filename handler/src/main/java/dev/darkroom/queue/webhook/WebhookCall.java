package dev.darkroom.queue.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One POST to the receiver of a webhook, at the very address that was admitted. No redirect is followed, no proxy asked, and of the
 * response nothing but its status is read.
 */
final class WebhookCall {
    private final HttpClient client;
    private final AddressGuard guard;
    private final Duration timeout;

    /**
     * @param timeout limit of the whole call
     * @param most number of calls at once, be it to one receiver
     */
    WebhookCall(Vertx vertx, AddressGuard guard, Duration timeout, int most) {
        int milliseconds = Math.toIntExact(timeout.toMillis());
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(false)
                        .setConnectTimeout(milliseconds)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setIdleTimeout(milliseconds),
                new PoolOptions().setHttp1MaxSize(most));
        this.guard = guard;
        this.timeout = timeout;
    }

    /**
     * Sends a body and waits for the status of the response.
     *
     * @param signature value of the signature's header; empty for none
     * @throws dev.darkroom.job.JobException if the address is not admitted
     */
    int post(URI receiver, byte[] body, String signature)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        InetAddress address = guard.admit(receiver);
        var connected = client.request(options(receiver, address, signature));
        try {
            HttpClientResponse response = result(result(connected, end).send(Buffer.buffer(body)), end);
            return response.statusCode();
        } finally {
            // also one that comes when nobody waits for it any longer
            connected.onSuccess(request -> request.connection().close());
        }
    }

    private static RequestOptions options(URI receiver, InetAddress address, String signature) {
        boolean secure = "https".equals(receiver.getScheme());
        int standardPort = secure ? 443 : 80;
        int port = receiver.getPort() == -1 ? standardPort : receiver.getPort();
        String path = receiver.getRawPath().isEmpty() ? "/" : receiver.getRawPath();
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
                .setHost(receiver.getHost())
                .setPort(port)
                .setSsl(secure)
                .setURI(receiver.getRawQuery() == null ? path : path + "?" + receiver.getRawQuery())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json")
                .putHeader("User-Agent", "Darkroom");
        return signature.isEmpty() ? options : options.putHeader(Signature.HEADER, signature);
    }

    private static <T> T result(Future<T> future, long end)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}
