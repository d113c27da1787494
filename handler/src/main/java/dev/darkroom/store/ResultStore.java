package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import java.net.URI;
import java.util.List;

/** A place where files of results are kept for callers to read. */
public interface ResultStore {
    /**
     * Stores a file whole and says where to read it.
     *
     * @throws StoreException if it was not stored; there is no address then
     */
    URI store(ResultName name, byte[] file, ImageFormat format) throws StoreException;

    /** What a caller should know about the addresses of this place; mostly nothing. */
    default List<String> notes() {
        return List.of();
    }
}
