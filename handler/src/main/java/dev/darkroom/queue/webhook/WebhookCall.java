package dev.darkroom.queue.webhook;

import dev.darkroom.net.InterimResponses;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One POST to the receiver of a webhook, at the very address that was admitted. No redirect is followed, no proxy asked, and of the
 * response nothing but its status is read, and where a redirect would lead.
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
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setKeepAlive(false)
                        .setConnectTimeout(milliseconds)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setIdleTimeout(milliseconds))
                .with(new PoolOptions().setHttp1MaxSize(most))
                .withConnectHandler(WebhookCall::connected)
                .build();
        this.guard = guard;
        this.timeout = timeout;
    }

    private static void connected(HttpConnection connection) {
        if (connection instanceof HttpClientConnection call) {
            InterimResponses.drop(call.channel());
        }
    }

    /**
     * Sends a body and waits for the response.
     *
     * @param headers that say what it is and who sent it
     * @throws dev.darkroom.job.JobException if the address is not admitted
     */
    WebhookAnswer post(WebAddress receiver, byte[] body, Map<String, String> headers)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        InetAddress address = guard.admit(receiver);
        var connected = client.request(options(receiver, address, headers));
        try {
            HttpClientResponse response = result(result(connected, end).send(Buffer.buffer(body)), end);
            return new WebhookAnswer(response.statusCode(), response.getHeader("Location"));
        } finally {
            // also one that comes when nobody waits for it any longer
            connected.onSuccess(request -> request.connection().close());
        }
    }

    private static RequestOptions options(WebAddress receiver, InetAddress address, Map<String, String> headers) {
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, receiver.port())))
                .setHost(receiver.host())
                .setPort(receiver.port())
                .setSsl(receiver.isSecure())
                .setURI(receiver.target())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json")
                .putHeader("User-Agent", "Darkroom");
        headers.forEach(options::putHeader);
        return options;
    }

    private static <T> T result(Future<T> future, long end)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}
