package dev.darkroom.store;

import dev.darkroom.job.FileFormat;
import java.net.URI;
import java.util.List;

/** A place that keeps files of results for callers to read. */
public interface ResultStore {
    /**
     * Stores a file whole and returns the address to read it at.
     *
     * @throws StoreException if the file was not stored
     */
    URI store(ResultName name, byte[] file, FileFormat format) throws StoreException;

    /**
     * Stores a file whole as {@link #store} does, but need not wait until it would outlive a crash of the machine.
     *
     * @throws StoreException if the file was not stored
     */
    default URI storeSoon(ResultName name, byte[] file, FileFormat format) throws StoreException {
        return store(name, file, format);
    }

    /** Returns notes for the caller about the addresses of this place; mostly none. */
    default List<String> notes() {
        return List.of();
    }
}
