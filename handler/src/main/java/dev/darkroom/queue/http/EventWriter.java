package dev.darkroom.queue.http;

import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.durable.DurableJob;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Writes the events of a job to one listener. It reads the job's next event whenever the listener can take more, so a slow listener costs
 * no memory: it misses steps, but no picture. Everything but {@link #changed} runs on the connection's own thread.
 */
final class EventWriter {
    private static final long HEARTBEAT_MILLISECONDS = 15_000;

    /** Bound of the last answer in the stream; a larger one is to be read from {@code /status}. */
    private static final int LARGEST_END = 1_000_000;

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final Context context;
    private final DurableJob job;
    private final Runnable left;
    private final JobEvents.Reader events;
    private final Consumer<JobEvent> follower = event -> changed();
    private final AtomicBoolean flushing = new AtomicBoolean();

    private long heartbeat;
    private boolean ended;

    /** @param left called once, when the listener is gone or has heard all */
    EventWriter(RoutingContext request, DurableJob job, Runnable left) {
        this.request = request;
        this.response = request.response();
        this.context = request.vertx().getOrCreateContext();
        this.job = job;
        this.events = job.events().reader();
        this.left = left;
    }

    void begin() {
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        request.addEndHandler(result -> leave());
        heartbeat = request.vertx().setPeriodic(HEARTBEAT_MILLISECONDS, timer -> beat());
        job.events().follow(follower);
        flush();
    }

    /** Has the events written soon; called from any thread. */
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
        while (!ended && !waitsForListener()) {
            switch (events.next()) {
                case null -> {
                    return;
                }
                case JobEvent.Queued queued -> status("IN_QUEUE");
                case JobEvent.Started started -> status("IN_PROGRESS");
                case JobEvent.PictureStored picture ->
                    event("image", Answer.streamed(picture).toString());
                case JobEvent.Progress progress -> {
                    event("progress", Answer.progress(progress).toString());
                    // steps may come as fast as they are written: others of this thread have their turn
                    changed();
                    return;
                }
                case JobEvent.Preview preview ->
                    event("preview", Answer.preview(preview).toString());
                case JobEvent.Stopped stopped -> end("stopped");
                case JobEvent.Last last -> end("end");
            }
        }
    }

    private void status(String status) {
        event("status", Answer.status(job.id(), status).toString());
    }

    /** Returns true if the listener has to read first; writing goes on when it has. */
    private boolean waitsForListener() {
        boolean full = response.writeQueueFull();
        if (full) {
            response.drainHandler(drained -> flush());
        }
        return full;
    }

    /** Writes the last event, with the answer, which may have to be read from the disk. */
    private void end(String name) {
        ended = true;
        boolean small = job.answerBytes() <= LARGEST_END;
        request.vertx()
                .executeBlocking(
                        () -> small
                                ? new String(job.body(), StandardCharsets.UTF_8)
                                : Answer.status(job.id(), job.status().name()).toString(),
                        false)
                .onSuccess(answer -> {
                    event(name, answer);
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
            job.events().unfollow(follower);
            left.run();
        }
    }
}
