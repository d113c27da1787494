package dev.darkroom.hub.headers;

import java.nio.ByteBuffer;

/** The beginning of a file that is somewhere else; more of it is fetched as it is asked for. */
public interface FirstBytes {
    /** Path of the file, for errors. */
    String name();

    /** Bytes of the whole file. */
    long size();

    /**
     * Returns the file's first bytes, {@code end} of them at least, little endian.
     *
     * @param end at most {@link #size}
     */
    ByteBuffer upTo(long end) throws InterruptedException;
}
