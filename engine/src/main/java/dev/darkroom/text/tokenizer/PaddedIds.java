package dev.darkroom.text.tokenizer;

import java.util.Arrays;

/**
 * The ids of a prompt that is padded to a fixed length.
 *
 * @param ids with the padding
 * @param real how many of them are no padding
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PaddedIds(long[] ids, int real) {
    /** Pads ids at their end. */
    static PaddedIds atEnd(long[] ids, int length, long pad) {
        long[] padded = Arrays.copyOf(ids, length);
        Arrays.fill(padded, ids.length, length, pad);
        return new PaddedIds(padded, ids.length);
    }

    /** Pads ids in front. */
    static PaddedIds inFront(long[] ids, int length, long pad) {
        long[] padded = new long[length];
        Arrays.fill(padded, 0, length - ids.length, pad);
        System.arraycopy(ids, 0, padded, length - ids.length, ids.length);
        return new PaddedIds(padded, ids.length);
    }

    /** Number of ids that are padding. */
    public int padding() {
        return ids.length - real;
    }
}
