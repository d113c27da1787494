package dev.darkroom.queue.http;

/**
 * A request's body in memory, which counts as being received until this is closed: then the memory is given back, although the caller may
 * wait for an answer for long.
 */
record ReceivedBody(byte[] bytes, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
        release.run();
    }
}
