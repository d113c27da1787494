package dev.darkroom.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests, and again those that may be sent again, for as long as patience lasts. */
final class Exchange {
    /** What may be repeated, and when. */
    enum Again {
        /** What does the same once or twice: a read, a cancellation, a submission under a key. */
        ALWAYS(Set.of(408, 429, 502, 503, 504)),
        /** What does more the second time: only if it cannot have arrived, or was turned away. */
        UNHEARD(Set.of(429, 503));

        private final Set<Integer> statuses;

        Again(Set<Integer> statuses) {
            this.statuses = statuses;
        }

        private boolean after(IOException failure) {
            return this == ALWAYS
                    || failure instanceof ConnectException
                    || failure instanceof HttpConnectTimeoutException;
        }
    }

    /** An upload may be slow: this many more bytes have a second more. */
    private static final long BYTES_A_SECOND = 100_000;

    private final HttpClient http;
    private final Duration timeout;
    private final Duration patience;

    Exchange(HttpClient http, Duration timeout, Duration patience) {
        this.http = http;
        this.timeout = timeout;
        this.patience = patience;
    }

    /**
     * Sends a request until there is an answer that says something.
     *
     * @return an answer of any status
     * @throws DarkroomException if there is none
     */
    HttpResponse<byte[]> call(HttpRequest request, Again again) throws InterruptedException {
        var backoff = new Backoff(patience);
        while (true) {
            try {
                HttpResponse<byte[]> response = once(request, HttpResponse.BodyHandlers.ofByteArray());
                if (!again.statuses.contains(response.statusCode()) || !backoff.pause(Backoff.asked(response))) {
                    return response;
                }
            } catch (IOException e) {
                if (!again.after(e) || !backoff.pause(Optional.empty())) {
                    throw DarkroomException.unreachable(
                            request.uri().getScheme() + "://" + request.uri().getAuthority() + " does not answer: " + e,
                            e);
                }
            }
        }
    }

    /**
     * Sends a request once; an interrupt ends it.
     *
     * @throws IOException if there is no whole answer in time
     */
    <T> HttpResponse<T> once(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        long length = request.bodyPublisher()
                .map(HttpRequest.BodyPublisher::contentLength)
                .orElse(0L);
        CompletableFuture<HttpResponse<T>> sent = http.sendAsync(request, handler);
        try {
            return sent.get(timeout.toMillis() + length * 1000 / BYTES_A_SECOND, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no answer within " + timeout.toSeconds() + " s");
        } finally {
            sent.cancel(true);
        }
    }
}
