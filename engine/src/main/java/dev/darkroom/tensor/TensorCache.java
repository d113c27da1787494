package dev.darkroom.tensor;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A cache of tensors that outlive the job that made them, keyed by everything that they were made from. Nothing is freed while a job may
 * use it: only {@link #trim}, between two jobs, evicts the least recently used. All calls belong on one thread.
 */
public final class TensorCache<K> implements AutoCloseable {
    /** Bound on the number of entries: a small tensor takes more memory than its numbers. */
    private static final int MOST_ENTRIES = 100;

    private final long mostBytes;
    private final Map<K, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private record Entry(Scope scope, List<Tensor> tensors, long bytes) {}

    /**
     * Makes an empty cache.
     *
     * @param mostBytes bytes that may stay after {@link #trim}
     */
    public TensorCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Returns the tensors of a key, made now if they are not cached. */
    public List<Tensor> get(K key, Supplier<List<Tensor>> maker) {
        Entry known = entries.get(key);
        if (known == null) {
            known = make(maker);
            entries.put(key, known);
        }
        return known.tensors;
    }

    private static Entry make(Supplier<List<Tensor>> maker) {
        var scope = Scope.open("cache");
        try {
            List<Tensor> tensors = maker.get();
            return new Entry(
                    scope.detach(),
                    tensors,
                    tensors.stream().mapToLong(TensorCache::bytes).sum());
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /** Bytes of all that is kept. */
    public long bytes() {
        return entries.values().stream().mapToLong(Entry::bytes).sum();
    }

    private static long bytes(Tensor tensor) {
        long bytes = tensor.dtype().bytes();
        for (long side : tensor.shape()) {
            bytes *= side;
        }
        return bytes;
    }

    /** Frees the least recently used tensors until the rest fits. */
    public void trim() {
        long bytes = bytes();
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > mostBytes || entries.size() > MOST_ENTRIES) {
            Entry entry = oldest.next();
            oldest.remove();
            bytes -= entry.bytes;
            entry.scope.close();
        }
    }

    /** Frees all tensors. */
    @Override
    public void close() {
        entries.values().forEach(entry -> entry.scope.close());
        entries.clear();
    }
}
