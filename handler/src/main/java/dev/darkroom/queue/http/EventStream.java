package dev.darkroom.queue.http;

import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.QueueException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Serves {@code /events/{id}}: the events of a job, as server-sent events. */
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
            DurableJob job = queue.find(request.pathParam("id"));
            callers.enter();
            new EventWriter(request, job, callers::leave).begin();
        } catch (QueueException e) {
            refuse(request, ApiErrors.of(e));
        } catch (ApiException e) {
            refuse(request, e);
        }
    }

    private static void refuse(RoutingContext request, ApiException error) {
        Refusal.send(request, error.status(), String.valueOf(error.getMessage()));
    }
}
