package dev.darkroom.queue.http;

import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Watch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the bodies of requests as they arrive, on no thread of their own. A body is refused that is too large (413), that
 * arrives more slowly than it must (408), or for which there is no room (429).
 */
@Singleton
final class BodyReading {
    private static final String NO_ROOM = "too many bytes of bodies are being received: try again";
    private static final String NO_MEMORY = "the worker has no memory for this body now";

    private final long largest;
    private final long window;
    private final long leastInWindow;
    private final BodyBudget budget;
    private final Callers callers;

    BodyReading(HttpSettings settings, BodyBudget budget, Callers callers) {
        this.largest = settings.largestBody().asLongValue();
        this.window = Math.max(1, settings.bodyGrace().toMillis());
        this.leastInWindow = settings.slowestBody().asLongValue() * window / 1_000;
        this.budget = budget;
        this.callers = callers;
    }

    /** Begins to read the body of a request; fails with an {@link ApiException}. To be called on the connection's own thread. */
    CompletableFuture<ReceivedBody> read(RoutingContext request) {
        BodyBudget.Account account = budget.open(callers.of(request.request()));
        if (!account.begin()) {
            return CompletableFuture.failedFuture(new ApiException(429, NO_ROOM));
        }
        var reader = new Reader(request, account);
        reader.begin();
        return reader.body;
    }

    /** Refuses a request that declares a larger body than any may have; false if it does not. */
    boolean refusesLength(RoutingContext request) {
        boolean tooLarge = declared(request.request()) > largest;
        if (tooLarge) {
            Refusal.send(request, 413, tooLarge());
        }
        return tooLarge;
    }

    /** Returns the length that a request declares; 0 if it declares none. */
    private static long declared(HttpServerRequest call) {
        String length = call.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private String tooLarge() {
        return ApiErrors.reason(413) + ": at most " + largest + " bytes";
    }

    /** One body on its way; everything happens on the connection's own thread. */
    private final class Reader {
        private final RoutingContext request;
        private final BodyBudget.Account account;
        private final CompletableFuture<ReceivedBody> body = new CompletableFuture<>();
        private final List<byte[]> parts = new ArrayList<>();
        private long arrived;
        private long arrivedBefore;
        private long timer;
        private int restores = Restored.times();

        Reader(RoutingContext request, BodyBudget.Account account) {
            this.request = request;
            this.account = account;
        }

        void begin() {
            timer = request.vertx().setPeriodic(window, tick -> checkRate());
            request.addEndHandler(ended -> end());
            request.request()
                    .handler(this::arrived)
                    .endHandler(nothing -> complete())
                    .exceptionHandler(failure -> refuse(400, "the body did not arrive whole"));
            if ("100-continue".equalsIgnoreCase(request.request().getHeader("Expect"))) {
                // curl waits a second for it before it sends a large form
                request.response().writeContinue();
            }
            request.request().resume();
        }

        private void arrived(Buffer buffer) {
            if (body.isDone()) {
                return;
            }
            arrived += buffer.length();
            if (arrived > largest) {
                refuse(413, tooLarge());
            } else if (!account.take(buffer.length())) {
                refuse(429, NO_ROOM);
            } else {
                try {
                    parts.add(buffer.getBytes());
                } catch (OutOfMemoryError e) {
                    refuse(503, NO_MEMORY);
                }
            }
        }

        private void checkRate() {
            Watch.look();
            if (restores != Restored.times()) {
                restores = Restored.times(); // what was sent while nobody ran here is still to be read
            } else if (arrived - arrivedBefore < leastInWindow) {
                refuse(
                        408,
                        "the body arrives too slowly: at least " + leastInWindow + " bytes must come in " + window
                                + " ms");
            }
            arrivedBefore = arrived;
        }

        private void complete() {
            if (body.isDone()) {
                return;
            }
            request.vertx().cancelTimer(timer);
            try {
                byte[] whole = joined();
                parts.clear();
                body.complete(new ReceivedBody(whole, account::close));
            } catch (OutOfMemoryError e) {
                refuse(503, NO_MEMORY);
            }
        }

        private byte[] joined() {
            byte[] whole = new byte[Math.toIntExact(arrived)];
            int at = 0;
            for (byte[] part : parts) {
                System.arraycopy(part, 0, whole, at, part.length);
                at += part.length;
            }
            return whole;
        }

        private void refuse(int status, String reason) {
            if (body.isDone()) {
                return;
            }
            letGo();
            body.completeExceptionally(new ApiException(status, reason));
        }

        /** Lets go of a body whose caller has gone before it was whole; one that is whole counts until it is read into a job. */
        private void end() {
            if (body.cancel(false)) {
                letGo();
            }
        }

        private void letGo() {
            request.vertx().cancelTimer(timer);
            parts.clear();
            account.close();
        }
    }
}
