package dev.darkroom.source;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a body to a new file as it comes; deletes the file if the body breaks off. */
final class FileBody implements PinnedGet.Body<Path> {
    /** Beginning of the file's name. */
    static final String UNFINISHED = "unfinished-";

    private final Path path;
    private final Vertx vertx;
    private final AsyncFile file;
    private Future<Void> written = Future.succeededFuture();
    private boolean closed;

    FileBody(Vertx vertx, Path folder) {
        try {
            this.path = Files.createTempFile(folder, UNFINISHED, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.vertx = vertx;
        this.file = vertx.fileSystem().openBlocking(path.toString(), new OpenOptions().setRead(false));
    }

    /** Queues a part for writing. Memory holds but a few parts: when they are enough, the server waits for the disk. */
    @Override
    public synchronized Future<?> take(Buffer part) {
        if (closed) {
            return Future.succeededFuture();
        }
        written = file.write(part).recover(FileBody::notWritten);
        return file.writeQueueFull() ? written : Future.succeededFuture();
    }

    @Override
    public synchronized Future<Path> end() {
        closed = true;
        return written.compose(ignored -> file.close())
                .recover(FileBody::notWritten)
                .map(path);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            file.close().onComplete(ignored -> vertx.fileSystem().delete(path.toString()));
        }
    }

    private static Future<Void> notWritten(Throwable cause) {
        return Future.failedFuture(new PinnedGet.NotWritten(cause));
    }
}
