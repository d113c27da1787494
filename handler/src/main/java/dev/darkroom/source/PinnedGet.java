package dev.darkroom.source;

import dev.darkroom.net.InterimResponses;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends a GET request to one address, with no second look-up of the host and no proxy. The host's name still stands in the request, in the
 * TLS handshake and in the certificate that is asked for. Redirects are responses like others.
 */
final class PinnedGet implements AutoCloseable {
    /** Most codings of a body: one that was packed twice is a mistake of some server, one that was packed more often is made to cost time. */
    private static final int MOST_CODINGS = 2;

    /** A {@code Content-Range} that begins at the first byte. */
    private static final Pattern ALL = Pattern.compile("bytes 0-(\\d{1,15})/(\\d{1,15})");

    private final HttpClient client;
    private final FetchRules rules;

    /** @param trust whom to trust instead of the JDK's certificate authorities */
    PinnedGet(Vertx vertx, FetchRules rules, @Nullable TrustOptions trust) {
        var options = new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(rules.connectTimeout().toMillis()))
                .setReadIdleTimeout(Math.toIntExact(rules.longestSilence().toSeconds()))
                .setKeepAlive(false)
                .setVerifyHost(true)
                .setMaxHeaderSize(32 << 10);
        if (trust != null) {
            options.setTrustOptions(trust);
        }
        this.client = vertx.httpClientBuilder()
                .with(options)
                .withConnectHandler(PinnedGet::connected)
                .build();
        this.rules = rules;
    }

    private static void connected(HttpConnection connection) {
        connection.exceptionHandler(ignored -> {}); // the answer tells it too
        if (connection instanceof HttpClientConnection client) {
            InterimResponses.drop(client.channel());
        }
    }

    /**
     * A server's response.
     *
     * @param body null unless the response is the whole file
     */
    record Response<T>(
            int status,
            @Nullable String location,
            @Nullable String retryAfter,
            @Nullable T body) {}

    /** Takes the body of a response as it comes, on event loops. */
    interface Body<T> extends AutoCloseable {
        /** Takes a part. The next one is held back until the future is done. */
        Future<?> take(Buffer part);

        /** Ends the body after its last part. */
        Future<T> end();

        /** Discards a body that was not ended. */
        @Override
        void close();
    }

    /** The body is larger than it may be. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The body is compressed, which was not asked for, in a way that cannot be read here; the message names it. */
    static final class Compressed extends IOException {
        private static final long serialVersionUID = 1L;

        Compressed(String coding) {
            super(coding);
        }
    }

    /** The body is not compressed as it says, or damaged. */
    static final class Undecodable extends IOException {
        private static final long serialVersionUID = 1L;

        Undecodable(Throwable cause) {
            super(cause);
        }
    }

    /** The body cannot be written where it belongs. */
    static final class NotWritten extends IOException {
        private static final long serialVersionUID = 1L;

        NotWritten(Throwable cause) {
            super(cause);
        }
    }

    /** Sends the request. Cancelling the future closes the connection; the body is closed by whoever made it. */
    <T> CompletableFuture<Response<T>> send(WebAddress address, InetAddress server, Body<T> body) {
        var options = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(address.port(), server.getHostAddress()))
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.isSecure())
                .setURI(address.target())
                .putHeader("Accept", rules.accept())
                .putHeader("Accept-Encoding", "identity")
                .putHeader("User-Agent", "Darkroom");
        var answer = new CompletableFuture<Response<T>>();
        client.request(options)
                .onFailure(answer::completeExceptionally)
                .onSuccess(request -> send(request, body, answer));
        return answer;
    }

    private <T> void send(HttpClientRequest request, Body<T> body, CompletableFuture<Response<T>> answer) {
        var closed =
                answer.whenComplete((ignored, failure) -> request.connection().close());
        if (!closed.isDone()) {
            request.send()
                    .onFailure(answer::completeExceptionally)
                    .onSuccess(response -> receive(response, body, answer));
        }
    }

    private <T> void receive(HttpClientResponse response, Body<T> body, CompletableFuture<Response<T>> answer) {
        response.exceptionHandler(answer::completeExceptionally);
        if (!isWhole(response)) {
            answer.complete(answer(response, null));
            return;
        }
        List<ContentCoding> codings = ContentCoding.of(response.headers());
        if (codings.contains(ContentCoding.BROTLI)) { // which has no beginning to be known by
            answer.completeExceptionally(new Compressed(ContentCoding.BROTLI.token));
            return;
        }
        if (codings.size() > MOST_CODINGS) {
            answer.completeExceptionally(new Compressed("more than " + MOST_CODINGS + " codings in a row"));
            return;
        }
        if (declaredLength(response) > rules.largestFile()) {
            answer.completeExceptionally(new TooLarge());
            return;
        }
        Body<T> plain = codings.isEmpty() ? body : decoded(body, codings, answer);
        var received = new AtomicLong();
        response.endHandler(ignored -> plain.end()
                .onFailure(answer::completeExceptionally)
                .onSuccess(whole -> answer.complete(answer(response, whole))));
        response.handler(part -> {
            if (received.addAndGet(part.length()) > rules.largestFile()) {
                answer.completeExceptionally(new TooLarge());
            } else if (!answer.isDone()) {
                take(part, response, plain, answer);
            }
        });
    }

    private <T> Body<T> decoded(Body<T> body, List<ContentCoding> codings, CompletableFuture<Response<T>> answer) {
        var decoded = new DecodedBody<>(body, codings, rules.largestFile());
        var unused = answer.whenComplete((ignored, failure) -> decoded.close());
        return decoded;
    }

    private static <T> void take(
            Buffer part, HttpClientResponse response, Body<T> body, CompletableFuture<Response<T>> answer) {
        Future<?> taken = body.take(part).onFailure(answer::completeExceptionally);
        if (!taken.isComplete()) {
            response.pause();
            taken.onSuccess(ignored -> response.resume());
        }
    }

    /** Returns true for an answer with all of the file: 203 comes from a proxy that changed something, 206 may hold all parts at once. */
    private static boolean isWhole(HttpClientResponse response) {
        return switch (response.statusCode()) {
            case 200, 203 -> true;
            case 206 -> {
                Matcher range = ALL.matcher(String.valueOf(response.getHeader("Content-Range")));
                yield range.matches() && Long.parseLong(range.group(1)) == Long.parseLong(range.group(2)) - 1;
            }
            default -> false;
        };
    }

    private static long declaredLength(HttpClientResponse response) {
        String length = response.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return 0; // counted while it comes
        }
    }

    private static <T> Response<T> answer(HttpClientResponse response, @Nullable T body) {
        return new Response<>(
                response.statusCode(), response.getHeader("Location"), response.getHeader("Retry-After"), body);
    }

    @Override
    public void close() {
        client.close();
    }
}
