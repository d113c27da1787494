package dev.darkroom.queue.runpod;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Polls that stay open until there is something to tell, the time is over, or the worker hangs up. */
final class OpenPolls {
    private final Vertx vertx;
    private final Duration longest;
    private final Deque<String> bodies = new ArrayDeque<>();
    private final Deque<HttpServerResponse> open = new ArrayDeque<>();

    OpenPolls(Vertx vertx, Duration longest) {
        this.vertx = vertx;
        this.longest = longest;
    }

    /** Something to tell: to a poll that is open, or the next one. */
    synchronized void tell(String body) {
        bodies.add(body);
        answer();
    }

    /** How much was not told yet. */
    synchronized int untold() {
        return bodies.size();
    }

    /** How many polls wait; one whose worker has just hung up may still be counted. */
    synchronized int waiting() {
        return open.size();
    }

    synchronized void open(HttpServerResponse response) {
        open.add(response);
        response.closeHandler(closed -> leave(response));
        vertx.setTimer(longest.toMillis(), timer -> {
            if (leave(response)) {
                response.setStatusCode(204).end().onFailure(hungUp -> {});
            }
        });
        answer();
    }

    private synchronized boolean leave(HttpServerResponse response) {
        return open.remove(response);
    }

    private void answer() {
        while (!open.isEmpty() && !bodies.isEmpty()) {
            HttpServerResponse response = open.remove();
            if (!response.closed()) {
                response.putHeader("Content-Type", "application/json");
                response.end(bodies.remove()).onFailure(hungUp -> {});
            }
        }
    }
}
