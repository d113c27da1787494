package dev.darkroom.source;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Collects a body in memory. */
final class WholeBody implements PinnedGet.Body<byte[]> {
    private final Buffer received = Buffer.buffer();

    @Override
    public Future<?> take(Buffer part) {
        received.appendBuffer(part);
        return Future.succeededFuture();
    }

    @Override
    public Future<byte[]> end() {
        return Future.succeededFuture(received.getBytes());
    }

    @Override
    public void close() {}
}
