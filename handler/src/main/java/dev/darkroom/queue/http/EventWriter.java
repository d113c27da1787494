package dev.darkroom.queue.http;

import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.durable.DurableJob;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Writes the events of a job to one listener. It reads the job's next event whenever the listener can take more, so a slow listener costs
 * no memory: it misses steps, but no picture. Runs on the connection's own thread.
 */
final class EventWriter {
    /** Bound of the last answer in the stream; a larger one is to be read from {@code /status}. */
    private static final int LARGEST_END = 1_000_000;

    private final RoutingContext request;
    private final DurableJob job;
    private final EventChannel channel;
    private final JobEvents.Reader events;
    private final Consumer<JobEvent> follower;

    /** @param left called once, when the listener is gone or has heard all */
    EventWriter(RoutingContext request, DurableJob job, Runnable left) {
        this.request = request;
        this.job = job;
        this.events = job.events().reader();
        this.channel = new EventChannel(request, this::flush, () -> leave(left));
        this.follower = event -> channel.soon();
    }

    void begin() {
        channel.begin();
        job.events().follow(follower);
        flush();
    }

    private void flush() {
        while (!channel.isOver() && !channel.isFull()) {
            switch (events.next()) {
                case null -> {
                    return;
                }
                case JobEvent.Queued queued -> status("IN_QUEUE");
                case JobEvent.Started started -> status("IN_PROGRESS");
                case JobEvent.PictureStored picture ->
                    channel.event("image", Answer.streamed(picture).toString());
                case JobEvent.Progress progress -> {
                    channel.event("progress", Answer.progress(progress).toString());
                    // steps may come as fast as they are written: others of this thread have their turn
                    channel.soon();
                    return;
                }
                case JobEvent.Preview preview ->
                    channel.event("preview", Answer.preview(preview).toString());
                case JobEvent.Stopped stopped -> end("stopped");
                case JobEvent.Last last -> end("end");
            }
        }
    }

    private void status(String status) {
        channel.event("status", Answer.status(job.id(), status).toString());
    }

    /** Writes the last event, with the answer, which may have to be read from the disk. */
    private void end(String name) {
        channel.close();
        boolean small = job.answerBytes() <= LARGEST_END;
        request.vertx()
                .executeBlocking(
                        () -> small
                                ? new String(job.body(), StandardCharsets.UTF_8)
                                : Answer.status(job.id(), job.status().name()).toString(),
                        false)
                .onSuccess(answer -> {
                    channel.event(name, answer);
                    channel.end();
                })
                .onFailure(failure -> channel.end());
    }

    private void leave(Runnable left) {
        job.events().unfollow(follower);
        left.run();
    }
}
