package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.hub.Listing.RepositoryFile;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.progress.ByteProgress;
import dev.darkroom.hub.transfer.UnfinishedBlob.FilePart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Fetches the content of files into the blobs of a cache, in parts and over a limited number of connections. */
public final class BlobDownload {
    private static final int BUFFER = 1 << 18;
    private static final int ATTEMPTS_AT_CONTENT = 2;

    private final HubClient client;
    private final HubSettings settings;
    private final Repository repository;
    private final String commit;
    private final ByteProgress progress;
    private final Semaphore connections;

    /** Makes a download of files of one commit; nothing is fetched yet. */
    public BlobDownload(
            HubClient client, HubSettings settings, Repository repository, String commit, ByteProgress progress) {
        this.client = client;
        this.settings = settings;
        this.repository = repository;
        this.commit = commit;
        this.progress = progress;
        this.connections = new Semaphore(settings.connections(), true);
    }

    /** Counts the bytes of a file that are still to be fetched. */
    public static long missing(RepositoryFile file, Path blob, HubSettings settings) {
        if (Files.exists(blob)) {
            return 0;
        }
        try {
            Files.createDirectories(blob.getParent());
            try (var unfinished = new UnfinishedBlob(blob, file.bytes(), settings.partBytes())) {
                return unfinished.missing().stream().mapToLong(FilePart::bytes).sum();
            }
        } catch (IOException e) {
            throw notWritten(blob, e);
        }
    }

    /** Fetches a file's content unless its blob is there; a blob that has its name is whole. */
    public void fetch(RepositoryFile file, Path blob) throws InterruptedException {
        if (Files.exists(blob)) {
            return;
        }
        try {
            Files.createDirectories(blob.getParent());
            for (int attempt = 0; attempt < ATTEMPTS_AT_CONTENT; attempt++) {
                if (fetchOnce(file, blob)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw notWritten(blob, e);
        }
        throw new HubException(repository + ": " + file.path() + " arrives with another content than the hub lists ("
                + file.digest() + "), also when fetched again");
    }

    private boolean fetchOnce(RepositoryFile file, Path blob) throws IOException, InterruptedException {
        try {
            return fetchInParts(file, blob, settings.partBytes());
        } catch (RangesIgnoredException e) {
            return fetchInParts(file, blob, file.bytes());
        }
    }

    private boolean fetchInParts(RepositoryFile file, Path blob, long partBytes)
            throws IOException, InterruptedException {
        try (var unfinished = new UnfinishedBlob(blob, file.bytes(), partBytes)) {
            ParallelTasks.run(unfinished.missing().stream()
                    .<Callable<Void>>map(part -> () -> {
                        connections.acquire();
                        try {
                            fetchPart(file, unfinished, part);
                        } finally {
                            connections.release();
                        }
                        return null;
                    })
                    .toList());
            return unfinished.finish(file.digest());
        }
    }

    /** Fetches a part, going on where a connection broke as long as anything arrives between two failures. */
    private void fetchPart(RepositoryFile file, UnfinishedBlob unfinished, FilePart part) throws InterruptedException {
        var backoff = new Backoff(repository + ": " + file.path(), settings, progress::aside);
        byte[] buffer = new byte[BUFFER];
        long next = part.start();
        while (next < part.end()) {
            try (var answer = client.file(repository, commit, file.path(), range(file, next, part.end()));
                    var watch = client.watch(answer)) {
                long at = firstByte(answer, file, part, next);
                while (at < part.end()) {
                    long wanted = (at < next ? next : part.end()) - at;
                    int n = answer.body().read(buffer, 0, (int) Math.min(buffer.length, wanted));
                    if (n < 0) {
                        throw new TransientException("the connection was cut", Optional.empty());
                    }
                    watch.heard();
                    if (at >= next) {
                        backoff.reset();
                        unfinished.write(ByteBuffer.wrap(buffer, 0, n), at);
                        progress.add(n);
                        next += n;
                    }
                    at += n;
                }
            } catch (IOException e) {
                backoff.pause(e);
            }
        }
        unfinished.fetched(part);
    }

    /** The value of the {@code Range} header; empty where all of the file is wanted. */
    private static Optional<String> range(RepositoryFile file, long from, long to) {
        return from == 0 && to == file.bytes() ? Optional.empty() : Optional.of("bytes=" + from + "-" + (to - 1));
    }

    /** Finds the offset in the file at which an answer begins; a server that knows no ranges begins at the start. */
    private static long firstByte(HubClient.HubResponse answer, RepositoryFile file, FilePart part, long asked)
            throws TransientException {
        if (answer.status() == 200) {
            if (part.bytes() < file.bytes()) {
                throw new RangesIgnoredException();
            }
            return 0;
        }
        answer.checkRange(asked, file.bytes());
        return asked;
    }

    private static HubException notWritten(Path blob, IOException e) {
        return new HubException(blob + " cannot be written: " + e, e);
    }

    /** Thrown when all of a file is sent where a part was asked for: the file must be fetched in one piece. */
    private static final class RangesIgnoredException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
