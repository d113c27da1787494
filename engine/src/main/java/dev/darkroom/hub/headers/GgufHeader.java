package dev.darkroom.hub.headers;

import dev.darkroom.hub.HubException;
import java.nio.ByteBuffer;

/**
 * The header of a GGUF file, passed over from its first byte to its last. It does not say how long it is.
 *
 * <p>Source: ggml-org/ggml, {@code docs/gguf.md}.
 */
final class GgufHeader {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int DEEPEST = 4;

    /** Bytes of a value by its type: u8, i8, u16, i16, u32, i32, f32, bool, text, list, u64, i64, f64. */
    private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final FirstBytes file;
    private ByteBuffer fetched = ByteBuffer.allocate(0);
    private long at;

    GgufHeader(FirstBytes file) {
        this.file = file;
    }

    /** Returns where it ends. */
    long end() throws InterruptedException {
        if (file.size() < 4 || int32() != MAGIC) {
            throw new HubException(file.name() + " is no GGUF file: it does not begin with GGUF");
        }
        skip(4); // the version, which its reader checks
        long tensors = checked(int64());
        long pairs = checked(int64());
        for (long i = 0; i < pairs; i++) {
            skip(int64());
            value(int32(), 0);
        }
        for (long i = 0; i < tensors; i++) {
            skip(int64());
            skip(checked(int32()) * 8);
            skip(4 + 8);
        }
        return at;
    }

    private void value(int type, int depth) throws InterruptedException {
        if (type == STRING) {
            skip(int64());
        } else if (type == ARRAY) {
            list(depth);
        } else {
            skip(width(type));
        }
    }

    private void list(int depth) throws InterruptedException {
        int type = int32();
        long count = checked(int64());
        if (depth == DEEPEST) {
            throw new HubException(file.name() + " has lists of lists, more than " + DEEPEST + " deep");
        }
        if (type == STRING || type == ARRAY) {
            for (long i = 0; i < count; i++) {
                value(type, depth + 1);
            }
        } else {
            skip(count * width(type));
        }
    }

    private int width(int type) {
        if (type < 0 || type >= WIDTHS.length) {
            throw new HubException(file.name() + " has metadata of the unknown type " + Integer.toUnsignedString(type));
        }
        return WIDTHS[type];
    }

    private int int32() throws InterruptedException {
        int from = (int) at;
        skip(Integer.BYTES);
        return fetched().getInt(from);
    }

    private long int64() throws InterruptedException {
        int from = (int) at;
        skip(Long.BYTES);
        return fetched().getLong(from);
    }

    /** Returns a number of things that may follow in the header, of a byte each at least. */
    private long checked(long count) {
        if (count < 0 || count > limit() - at) {
            throw new HubException(file.name() + " claims " + Long.toUnsignedString(count) + " items at byte " + at
                    + " of its header, in a file of " + file.size() + " bytes; a header has " + HeaderEnd.LARGEST_HEADER
                    + " at most");
        }
        return count;
    }

    private void skip(long bytes) {
        at += checked(bytes);
    }

    private long limit() {
        return Math.min(file.size(), HeaderEnd.LARGEST_HEADER);
    }

    /** Fetches as far as was passed, and as much again as there was before, so that a long header takes few requests. */
    private ByteBuffer fetched() throws InterruptedException {
        if (at > fetched.limit()) {
            fetched = file.upTo(Math.min(file.size(), Math.max(at, 2L * fetched.limit())));
        }
        return fetched;
    }
}
