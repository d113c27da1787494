package dev.darkroom.source;

import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Caches LoRAs from the web in a folder, under the SHA-256 of their URL. Jobs that want the same one at once fetch it once. When the
 * folder is full, the least recently used files are evicted, but none that a job holds.
 */
final class FetchedLoras implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FetchedLoras.class);
    private static final Pattern OURS = Pattern.compile("[0-9a-f]{64}\\.safetensors");

    private final Path folder;
    private final UrlFetch urls;
    private final Duration kept;
    private final Duration timeout;
    private final long mostBytes;
    private final Map<String, Use> uses = new HashMap<>();

    /** The use of a file: all but the lock is guarded by the monitor of {@link FetchedLoras}. */
    private static final class Use {
        final ReentrantLock fetching = new ReentrantLock();
        int holders;
        Instant last = Instant.EPOCH;
    }

    private record FetchedFile(Path path, String name, long bytes, Instant lastUse) {}

    /** @param folder need not be there yet */
    FetchedLoras(LoraSettings settings, FetchRules rules, AllowedHosts hosts, Path folder, Vertx vertx) {
        this.folder = folder;
        this.urls = new UrlFetch(rules, hosts, vertx);
        this.kept = settings.kept();
        this.timeout = settings.timeout();
        this.mostBytes = settings.folder().asLongValue();
    }

    /**
     * Returns the file of a URL, fetched if it is not here or was fetched too long ago. It stays until {@link #release}.
     *
     * @param field the payload's field, for errors
     */
    Path hold(String field, String url) throws InterruptedException, IOException {
        String name = name(url);
        Use use = begin(name);
        boolean held = false;
        try {
            use.fetching.lockInterruptibly();
            try {
                Path file = folder.resolve(name);
                if (!Files.exists(file) || (isAlone(use) && !isFresh(file))) {
                    fetch(field, url, file);
                }
                held = true;
                return file;
            } finally {
                use.fetching.unlock();
            }
        } finally {
            if (!held) {
                release(url);
            }
            sweep();
        }
    }

    /** Ends one use of a file; evicts files if the folder is too full. */
    synchronized void release(String url) {
        Use use = uses.get(name(url));
        if (use != null) {
            use.holders--;
            use.last = Instant.now();
        }
        try {
            sweep();
        } catch (IOException e) {
            LOG.warnf("old LoRAs cannot be deleted: %s", e);
        }
    }

    private synchronized Use begin(String name) {
        Use use = uses.computeIfAbsent(name, ignored -> new Use());
        use.holders++;
        return use;
    }

    /** Returns true if no other job holds the file: it is not replaced under another one. */
    private synchronized boolean isAlone(Use use) {
        return use.holders == 1;
    }

    private boolean isFresh(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file)
                    .toInstant()
                    .isAfter(Instant.now().minus(kept));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void fetch(String field, String url, Path file) throws InterruptedException, IOException {
        Files.createDirectories(folder);
        Path fetched = urls.download(field, url, folder);
        try {
            WebAddress address = SourceAddress.read(field, url);
            SafetensorsStart.check(field, "what " + address + " sends", fetched);
            Files.move(fetched, file, StandardCopyOption.ATOMIC_MOVE);
            LOG.infof("fetched a LoRA of %d bytes from %s", Files.size(file), address);
        } finally {
            Files.deleteIfExists(fetched);
        }
    }

    /** Evicts files that are too many, and deletes unfinished ones that a crash left. */
    private synchronized void sweep() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<FetchedFile> stored = stored();
        long bytes = stored.stream().mapToLong(FetchedFile::bytes).sum();
        for (FetchedFile file : stored) {
            Use use = uses.get(file.name);
            if (bytes > mostBytes && (use == null || use.holders == 0)) {
                Files.deleteIfExists(file.path);
                bytes -= file.bytes;
            }
        }
        uses.entrySet().removeIf(use -> use.getValue().holders == 0 && !Files.exists(folder.resolve(use.getKey())));
    }

    /** Lists the whole files, least recently used first; deletes unfinished ones that nobody writes any more. */
    private List<FetchedFile> stored() throws IOException {
        List<FetchedFile> stored = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            try {
                Instant modified = Files.getLastModifiedTime(file).toInstant();
                if (OURS.matcher(name).matches()) {
                    Use use = uses.get(name);
                    Instant used = use == null || use.last.isBefore(modified) ? modified : use.last;
                    stored.add(new FetchedFile(file, name, Files.size(file), used));
                } else if (name.startsWith(FileBody.UNFINISHED)
                        && modified.isBefore(Instant.now().minus(timeout))) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException e) {
                LOG.debugf("%s is gone", file);
            }
        }
        stored.sort(Comparator.comparing(FetchedFile::lastUse));
        return stored;
    }

    private static String name(String url) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(url.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest) + ".safetensors";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        urls.close();
    }
}
