package dev.darkroom.hub.headers;

import dev.darkroom.hub.HubException;

/**
 * Finds where the header of a file of weights ends. What the header says is checked by its reader; here it is only kept from having more
 * fetched than a header can have.
 */
public final class HeaderEnd {
    /** The most that the readers of both formats take for a header. */
    static final long LARGEST_HEADER = 100_000_000;

    private static final int LENGTH = 8;

    private HeaderEnd() {}

    /**
     * Returns the number of bytes from the beginning of the file to the end of its header.
     *
     * @throws HubException if there is no such header
     */
    public static long of(FirstBytes file) throws InterruptedException {
        return file.name().endsWith(".gguf") ? new GgufHeader(file).end() : safetensors(file);
    }

    /** A safetensors file begins with the length of the JSON that follows. */
    private static long safetensors(FirstBytes file) throws InterruptedException {
        if (file.size() < LENGTH) {
            throw new HubException(file.name() + " has " + file.size() + " bytes, too few for a header");
        }
        long length = file.upTo(LENGTH).getLong(0);
        if (length < 2 || length > Math.min(LARGEST_HEADER, file.size() - LENGTH)) {
            throw new HubException(file.name() + " claims a header of " + Long.toUnsignedString(length)
                    + " bytes in a file of " + file.size());
        }
        return LENGTH + length;
    }
}
