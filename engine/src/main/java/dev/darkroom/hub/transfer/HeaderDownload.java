package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.hub.Listing.RepositoryFile;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.headers.FirstBytes;
import dev.darkroom.hub.headers.HeaderEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** Fetches the header of a file of weights, and makes a file of it that is as long as the whole and has a hole instead of the numbers. */
public final class HeaderDownload implements FirstBytes {
    /** Bytes of the first request; most headers are no longer. */
    private static final int FIRST = 1 << 15;

    private final HubClient client;
    private final HubSettings settings;
    private final Repository repository;
    private final String commit;
    private final RepositoryFile file;
    private byte[] bytes = new byte[0];
    private int fetched;

    /** Makes a download of one file's header; nothing is fetched yet. */
    public HeaderDownload(
            HubClient client, HubSettings settings, Repository repository, String commit, RepositoryFile file) {
        this.client = client;
        this.settings = settings;
        this.repository = repository;
        this.commit = commit;
        this.file = file;
    }

    @Override
    public String name() {
        return repository + ": " + file.path();
    }

    @Override
    public long size() {
        return file.bytes();
    }

    @Override
    public ByteBuffer upTo(long end) throws InterruptedException {
        var backoff = new Backoff(name(), settings);
        while (fetched < end) {
            int last = (int) Math.min(size(), Math.max(end, FIRST));
            try (var answer = client.file(
                            repository, commit, file.path(), Optional.of("bytes=" + fetched + "-" + (last - 1)));
                    var watch = client.watch(answer)) {
                checkRange(answer, last);
                bytes = Arrays.copyOf(bytes, last);
                while (fetched < last) {
                    int n = answer.body().read(bytes, fetched, last - fetched);
                    if (n < 0) {
                        throw new TransientException("the connection was cut", Optional.empty());
                    }
                    watch.heard();
                    backoff.reset();
                    fetched += n;
                }
            } catch (IOException e) {
                backoff.pause(e);
            }
        }
        return ByteBuffer.wrap(bytes, 0, fetched).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A server that knows no ranges begins to send the whole file, of which nothing is read then unless the whole is wanted. */
    private void checkRange(HubClient.HubResponse answer, int last) throws TransientException {
        if (answer.status() != 200) {
            answer.checkRange(fetched, size());
        } else if (fetched > 0 || last < size()) {
            throw new HubException(name() + ": " + settings.endpoint().getHost()
                    + " sends whole files only, so the header cannot be had without the weights");
        }
    }

    /** Makes the file, unless it is there; returns the bytes that were fetched for it. */
    public long fetch(Path into) throws InterruptedException {
        if (Files.exists(into)) {
            return 0;
        }
        int header = (int) HeaderEnd.of(this);
        ByteBuffer head = upTo(header).limit(header);
        try {
            Files.createDirectories(into.getParent());
            Path unfinished = into.resolveSibling(into.getFileName() + ".unfinished");
            try (FileChannel channel = FileChannel.open(
                    unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
                while (head.hasRemaining()) {
                    channel.write(head);
                }
                if (header < size()) {
                    // a byte at the end makes the file as long as it is to be; what lies between takes no room
                    channel.write(ByteBuffer.allocate(1), size() - 1);
                }
            }
            Files.move(unfinished, into);
        } catch (IOException e) {
            throw new HubException(into + " cannot be written: " + e, e);
        }
        return fetched;
    }
}
