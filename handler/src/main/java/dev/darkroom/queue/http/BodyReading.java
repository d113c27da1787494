package dev.darkroom.queue.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of requests as they arrive, before anything else of the call happens. A body is refused that is too large (413), that
 * arrives more slowly than it must (408), or for which there is no room (429).
 */
@Singleton
final class BodyReading {
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

    /** Reads the body of a request, leaves it with the request as a {@link ReceivedBody}, and goes on with the next handler. */
    void read(RoutingContext request) {
        HttpServerRequest call = request.request();
        BodyBudget.Account account = budget.open(callers.of(call));
        if (!account.begin()) {
            Refusal.send(request, 429, noRoom());
            return;
        }
        new Reader(request, account).begin();
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

    private static String noRoom() {
        return "too many bytes of bodies are being received: try again";
    }

    /** One body on its way; everything happens on the connection's own thread. */
    private final class Reader {
        private final RoutingContext request;
        private final BodyBudget.Account account;
        private @Nullable List<byte[]> parts = new ArrayList<>();
        private long arrived;
        private long arrivedBefore;
        private long timer;

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
                    .exceptionHandler(failure -> end());
            request.request().resume();
        }

        private void arrived(Buffer buffer) {
            List<byte[]> known = parts;
            if (known == null) {
                return;
            }
            arrived += buffer.length();
            if (arrived > largest) {
                refuse(413, tooLarge());
            } else if (!account.take(buffer.length())) {
                refuse(429, noRoom());
            } else {
                try {
                    known.add(buffer.getBytes());
                } catch (OutOfMemoryError e) {
                    refuse(503, "the worker has no memory for this body now");
                }
            }
        }

        private void checkRate() {
            if (parts != null && arrived - arrivedBefore < leastInWindow) {
                refuse(
                        408,
                        "the body arrives too slowly: at least " + leastInWindow + " bytes must come in " + window
                                + " ms");
            }
            arrivedBefore = arrived;
        }

        private void refuse(int status, String reason) {
            end();
            Refusal.send(request, status, reason);
        }

        private void complete() {
            List<byte[]> known = parts;
            if (known == null) {
                return;
            }
            request.vertx().cancelTimer(timer);
            parts = null;
            try {
                new ReceivedBody(joined(known), account::close).leaveWith(request);
            } catch (OutOfMemoryError e) {
                refuse(503, "the worker has no memory for this body now");
                return;
            }
            request.next();
        }

        private byte[] joined(List<byte[]> known) {
            byte[] whole = new byte[Math.toIntExact(arrived)];
            int at = 0;
            for (byte[] part : known) {
                System.arraycopy(part, 0, whole, at, part.length);
                at += part.length;
            }
            return whole;
        }

        /** Lets go of the body, whether it was read or its caller has gone. */
        private void end() {
            request.vertx().cancelTimer(timer);
            parts = null;
            account.close();
        }
    }
}
