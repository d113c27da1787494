package dev.darkroom.queue.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code /events/{id}}: what happens to a job, as server-sent events. */
@Singleton
final class EventStream {
    private final HttpQueue queue;
    private final Callers callers;

    EventStream(HttpQueue queue, Callers callers) {
        this.queue = queue;
        this.callers = callers;
    }

    void route(@Observes Router router) {
        router.get("/events/:id").handler(this::follow);
    }

    private void follow(RoutingContext request) {
        try {
            HttpTicket ticket = queue.find(request.pathParam("id"));
            callers.enter();
            new EventWriter(request, ticket, callers::leave).begin();
        } catch (Refusal e) {
            HttpServerResponse response = request.response();
            e.retryAfter().ifPresent(time -> response.putHeader("Retry-After", String.valueOf(time.toSeconds())));
            response.setStatusCode(e.status())
                    .putHeader("Content-Type", "application/json")
                    .end(Refusals.body(String.valueOf(e.getMessage())).toString());
        }
    }
}
