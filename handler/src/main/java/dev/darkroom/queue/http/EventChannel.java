package dev.darkroom.queue.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Server-sent events to one listener, at the pace at which it reads: whoever writes asks first whether there {@linkplain #isFull is room},
 * and is called again when there is. Everything but {@link #soon} runs on the connection's own thread.
 */
public final class EventChannel {
    private static final Logger LOG = Logger.getLogger(EventChannel.class);
    private static final long HEARTBEAT_MILLISECONDS = 15_000;

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final Context context;
    private final Runnable writer;
    private final Runnable left;
    private final AtomicBoolean called = new AtomicBoolean();

    private long heartbeat;
    private boolean over;

    /**
     * @param writer writes what there is, until the channel is full; called whenever there may be something to write, and room for it
     * @param left called once, when the listener is gone or has heard all
     */
    public EventChannel(RoutingContext request, Runnable writer, Runnable left) {
        this.request = request;
        this.response = request.response();
        this.context = request.vertx().getOrCreateContext();
        this.writer = writer;
        this.left = left;
    }

    /** Begins the answer, unless the listener has gone meanwhile. */
    public void begin() {
        if (response.ended() || response.closed()) {
            over = true;
            left.run();
            return;
        }
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        request.addEndHandler(result -> leave());
        heartbeat = request.vertx().setPeriodic(HEARTBEAT_MILLISECONDS, timer -> beat());
    }

    /** Has the writer called soon; from any thread. */
    public void soon() {
        if (called.compareAndSet(false, true)) {
            context.runOnContext(nothing -> {
                called.set(false);
                run();
            });
        }
    }

    /** Has the writer write; if it breaks, the connection does, as the rest of the answer will not come. */
    private void run() {
        try {
            writer.run();
        } catch (RuntimeException e) {
            LOG.error("an answer of events has broken", e);
            response.reset();
            leave();
        }
    }

    private void beat() {
        if (!over && !response.writeQueueFull()) {
            comment("still here");
        }
    }

    /** Returns true once the last event is written, or the listener has gone: nothing more is to be written. */
    public boolean isOver() {
        return over;
    }

    /** Returns true if the listener has to read first; the writer is called when it has. */
    public boolean isFull() {
        boolean full = response.writeQueueFull();
        if (full) {
            response.drainHandler(drained -> run());
        }
        return full;
    }

    /** Writes an event. */
    public void event(String name, String data) {
        write("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** Writes what listeners skip, so that the connection does not look idle. */
    public void comment(String text) {
        write(": " + text + "\n\n");
    }

    /** Lets nothing more be written but the last events, which may have to be fetched first. */
    public void close() {
        over = true;
    }

    /** Ends the answer. */
    public void end() {
        over = true;
        if (!response.ended() && !response.closed()) {
            response.end();
        }
    }

    private void write(String text) {
        if (!response.ended() && !response.closed()) {
            response.write(text).onFailure(failure -> leave());
        }
    }

    private void leave() {
        over = true;
        if (request.vertx().cancelTimer(heartbeat)) {
            left.run();
        }
    }
}
