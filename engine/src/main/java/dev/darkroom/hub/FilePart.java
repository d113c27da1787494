package dev.darkroom.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a file that is fetched by itself.
 *
 * @param start offset of its first byte in the file
 * @param end offset of the byte after its last
 */
record FilePart(int index, long start, long end) {
    /** Divides a file of {@code bytes} into pieces of at most {@code partBytes}. */
    static List<FilePart> of(long bytes, long partBytes) {
        List<FilePart> parts = new ArrayList<>();
        for (long start = 0; start < bytes; start += partBytes) {
            parts.add(new FilePart(parts.size(), start, Math.min(bytes, start + partBytes)));
        }
        return parts;
    }

    /** Computes the length in bytes. */
    long bytes() {
        return end - start;
    }
}
