package dev.darkroom.queue.durable.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/**
 * A map of small texts in one file, which one process at a time can have open. All are held in memory too: reading and putting wait for no
 * disk, and a file that could not be written for a while, because the disk was full or a thread was interrupted, is opened anew and made
 * whole by the next commit. Safe for several threads.
 */
final class Records implements AutoCloseable {
    private static final int CACHE_MEGABYTES = 2;
    private static final long COMPACT_ABOVE = 8L << 20;
    private static final int COMPACT_MILLISECONDS = 200;

    private final Path file;
    private final Map<String, String> texts;

    /** Keys of what is to be written, in the order of the changes: who sees one of them sees those before it. */
    private final Set<String> changed = Collections.synchronizedSet(new LinkedHashSet<>());

    private final AtomicLong asked = new AtomicLong();
    private final ReentrantLock syncing = new ReentrantLock();
    private long synced; // of those who asked
    private volatile long syncs;
    private volatile MVStore store;
    private volatile HeldFile held;
    private volatile boolean closed;

    /**
     * Opens the file, or creates it.
     *
     * @throws MVStoreException if the file is damaged or another process has it open
     * @throws IOException if it cannot be looked at once it is open
     */
    Records(Path file) throws IOException {
        this.file = file;
        this.store = opened(file);
        try {
            this.texts = new ConcurrentHashMap<>(map());
            this.held = HeldFile.of(file);
        } catch (IOException | MVStoreException e) {
            store.closeImmediately();
            throw e;
        }
    }

    private static MVStore opened(Path file) {
        MVStore store = new MVStore.Builder()
                .fileName(file.toString())
                .autoCommitDisabled()
                .cacheSize(CACHE_MEGABYTES)
                .open();
        store.setVersionsToKeep(0);
        return store;
    }

    private MVMap<String, String> map() {
        return map(store);
    }

    private static MVMap<String, String> map(MVStore store) {
        return store.openMap(
                "jobs",
                new MVMap.Builder<String, String>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(StringDataType.INSTANCE));
    }

    /** Returns the text of a key; null if there is none. */
    @Nullable
    String text(String key) {
        return texts.get(key);
    }

    /** Returns a copy of all texts by their keys. */
    Map<String, String> byKeys() {
        return Map.copyOf(texts);
    }

    /** Puts a text, over another one with its key; {@link #commit} writes it. */
    void put(String key, String text) {
        checkOpen();
        texts.put(key, text);
        changed.add(key);
    }

    /** Removes a text; {@link #commit} writes that. */
    void remove(String key) {
        checkOpen();
        texts.remove(key);
        changed.add(key);
    }

    /**
     * Writes all changes, so that they outlive a crash of the machine. Those who ask while the disk is busy with others share the next
     * write, as many as they are.
     *
     * @throws UncheckedIOException if that fails; the next write has it too, unless the file has been let go
     */
    void sync() {
        long mine = asked.incrementAndGet();
        syncing.lock();
        try {
            if (synced < mine) {
                long all = asked.get();
                commit(true);
                synced = all;
            }
        } finally {
            syncing.unlock();
        }
    }

    /** Returns how often the disk was waited for. */
    long syncs() {
        return syncs;
    }

    /**
     * Writes all changes, so that they outlive the process.
     *
     * @param lasting true if they are to outlive a crash of the machine
     * @throws UncheckedIOException if that fails; the next commit writes it too, unless the file has been let go
     */
    synchronized void commit(boolean lasting) {
        checkOpen();
        List<String> writing = changedNow();
        try {
            if (store.isClosed()) {
                store = opened(file);
                writing = everything();
            }
            MVMap<String, String> map = map();
            for (String key : writing) {
                changed.remove(key);
                write(map, key);
            }
            store.commit();
            if (lasting) {
                syncs++;
                store.sync();
            }
        } catch (MVStoreException e) {
            changed.addAll(writing);
            if (!store.isClosed()) {
                store.closeImmediately(); // an interrupt while the disk was waited for has closed the file alone
            }
            throw new UncheckedIOException("the jobs cannot be written to " + file, new IOException(e));
        }
    }

    private List<String> changedNow() {
        synchronized (changed) {
            return List.copyOf(changed);
        }
    }

    /** Fails once the file is closed: nobody may believe that a change is written which is not. */
    private void checkOpen() {
        if (closed) {
            throw new UncheckedIOException(new IOException("the jobs are closed: the worker is stopping"));
        }
    }

    private void write(MVMap<String, String> map, String key) {
        String text = texts.get(key);
        if (text == null) {
            map.remove(key);
        } else {
            map.put(key, text);
        }
    }

    private List<String> everything() {
        Set<String> keys = ConcurrentHashMap.newKeySet();
        keys.addAll(map().keySet());
        keys.addAll(texts.keySet());
        return List.copyOf(keys);
    }

    /**
     * Writes all texts into a file of its own, in place of this one: nothing of earlier texts is left.
     *
     * @throws UncheckedIOException if that fails; the file is as it was
     */
    synchronized void rewrite() {
        checkOpen();
        Path fresh = file.resolveSibling(file.getFileName() + JobFiles.UNFINISHED);
        try {
            Files.deleteIfExists(fresh);
            MVStore copy = opened(fresh);
            MVMap<String, String> map = map(copy);
            map.putAll(texts);
            copy.commit();
            copy.sync();
            copy.close(0);
            Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
            store.close(0);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            changed.clear();
            store = opened(file);
            held = HeldFile.of(file); // the one that was moved here
        } catch (IOException | MVStoreException e) {
            throw new UncheckedIOException("the jobs cannot be written to " + file, new IOException(e));
        }
    }

    /**
     * Returns why this process cannot be the only one that writes the file; empty if it is, or if it has let the file go by itself, as
     * after a fault of the disk. It does not wait for the disk.
     */
    Optional<String> trouble() {
        return held.trouble(() -> !store.isClosed());
    }

    /** Compacts the file if much of it is unused; takes a fraction of a second. */
    synchronized void compact() {
        if (!closed && !store.isClosed() && store.getFileStore().size() > COMPACT_ABOVE) {
            store.compactFile(COMPACT_MILLISECONDS);
        }
    }

    /** Writes all changes and closes the file. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        try {
            commit(true);
        } finally {
            closed = true;
            if (!store.isClosed()) {
                // without compacting: that takes time that a stopping process may not have
                store.close(0);
            }
        }
    }
}
