package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.durable.DurableTicket;
import dev.darkroom.queue.durable.Status;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells one listener what happens to a job. It asks the job what is new whenever the listener can take more, so a slow listener costs no
 * memory: it misses steps, but no picture. All but {@link #changed} runs on the connection's own thread.
 */
final class EventWriter {
    private static final long HEARTBEAT_MILLISECONDS = 15_000;

    /** A larger last answer is to be read from {@code /status}. */
    private static final int LARGEST_END = 1_000_000;

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final Context context;
    private final DurableTicket ticket;
    private final Runnable left;
    private final Runnable follower = this::changed;
    private final AtomicBoolean flushing = new AtomicBoolean();

    private @Nullable Status told;
    private int pictures;
    private int reports;
    private long heartbeat;
    private boolean ended;

    /** @param left called once, when the listener is gone or has heard all */
    EventWriter(RoutingContext request, DurableTicket ticket, Runnable left) {
        this.request = request;
        this.response = request.response();
        this.context = request.vertx().getOrCreateContext();
        this.ticket = ticket;
        this.left = left;
    }

    void begin() {
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        request.addEndHandler(result -> leave());
        heartbeat = request.vertx().setPeriodic(HEARTBEAT_MILLISECONDS, timer -> beat());
        ticket.following().follow(follower);
        flush();
    }

    /** From any thread. */
    private void changed() {
        if (flushing.compareAndSet(false, true)) {
            context.runOnContext(nothing -> flush());
        }
    }

    private void beat() {
        if (!ended && !response.writeQueueFull()) {
            write(": still here\n\n");
        }
    }

    private void flush() {
        flushing.set(false);
        if (ended) {
            return;
        }
        if (waitsForListener()) {
            return;
        }
        boolean over = ticket.settled().isDone();
        Status status = ticket.status();
        if (status != told && !status.isFinal()) {
            told = status;
            event("status", Answer.status(ticket.id(), status.name()).toString());
        }
        for (ObjectNode picture : ticket.following().pictures().from(pictures)) {
            pictures++;
            event("image", picture.toString());
            if (waitsForListener()) {
                return;
            }
        }
        int latest = ticket.following().reports();
        ObjectNode progress = ticket.following().progress();
        if (latest > reports && progress != null && !status.isFinal()) {
            reports = latest;
            event("progress", progress.toString());
        }
        if (over) {
            end();
        }
    }

    /** True if the listener has to read first; then it goes on from there. */
    private boolean waitsForListener() {
        boolean full = response.writeQueueFull();
        if (full) {
            response.drainHandler(drained -> flush());
        }
        return full;
    }

    /** The last answer may have to be read from the disk. */
    private void end() {
        ended = true;
        boolean small = ticket.answerBytes() <= LARGEST_END;
        request.vertx()
                .executeBlocking(
                        () -> small
                                ? new String(ticket.body(), StandardCharsets.UTF_8)
                                : Answer.status(ticket.id(), ticket.status().name())
                                        .toString(),
                        false)
                .onSuccess(answer -> {
                    event(ticket.status().isFinal() ? "end" : "stopped", answer);
                    response.end();
                })
                .onFailure(failure -> response.end());
    }

    private void event(String name, String data) {
        write("event: " + name + "\ndata: " + data + "\n\n");
    }

    private void write(String text) {
        if (!response.ended() && !response.closed()) {
            response.write(text).onFailure(failure -> leave());
        }
    }

    private void leave() {
        ended = true;
        if (request.vertx().cancelTimer(heartbeat)) {
            ticket.following().unfollow(follower);
            left.run();
        }
    }
}
