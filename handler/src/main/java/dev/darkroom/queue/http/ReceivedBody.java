package dev.darkroom.queue.http;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** A request's body in memory, which counts as being received until this is closed. */
final class ReceivedBody implements AutoCloseable {
    private static final String KEY = ReceivedBody.class.getName();

    private byte @Nullable [] bytes;
    private final Runnable release;

    ReceivedBody(byte[] bytes, Runnable release) {
        this.bytes = bytes;
        this.release = release;
    }

    /** Leaves a body with its request. */
    void leaveWith(RoutingContext request) {
        request.put(KEY, this);
    }

    /** Returns the body of a request; an empty one if none was read. */
    static ReceivedBody of(RoutingContext request) {
        ReceivedBody body = request.get(KEY);
        return body == null ? new ReceivedBody(new byte[0], () -> {}) : body;
    }

    /** Returns the bytes; none once it is closed. */
    byte[] bytes() {
        byte[] known = bytes;
        return known == null ? new byte[0] : known;
    }

    /** Gives the memory back, although the caller may wait for an answer for long. */
    @Override
    public void close() {
        bytes = null;
        release.run();
    }
}
