package dev.darkroom.queue.http;

import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.DurableTicket;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code /events/{id}}: what happens to a job, as server-sent events. */
@Singleton
final class EventStream {
    private final DurableQueue queue;
    private final LongPolls callers;

    EventStream(DurableQueue queue, LongPolls callers) {
        this.queue = queue;
        this.callers = callers;
    }

    void route(@Observes Router router) {
        router.get("/events/:id").handler(this::follow);
    }

    private void follow(RoutingContext request) {
        try {
            DurableTicket ticket = queue.find(request.pathParam("id"));
            callers.enter();
            new EventWriter(request, ticket, callers::leave).begin();
        } catch (ApiException e) {
            HttpServerResponse response = request.response();
            e.retryAfter().ifPresent(time -> response.putHeader("Retry-After", String.valueOf(time.toSeconds())));
            response.setStatusCode(e.status())
                    .putHeader("Content-Type", "application/json")
                    .end(ApiErrors.body(String.valueOf(e.getMessage())).toString());
        }
    }
}
