package dev.darkroom.weights.gguf;

import dev.darkroom.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The bytes of a header one after another, little endian, within limits: a number that a file states is believed only if so many bytes follow. */
final class HeaderBytes {
    private static final long LARGEST_HEADER = 100_000_000;
    private static final int WINDOW = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer window =
            ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long windowEnd;

    HeaderBytes(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** Size of the whole file. */
    long size() {
        return size;
    }

    /** Bytes that were taken so far. */
    long position() {
        return windowEnd - window.remaining();
    }

    int int8() throws IOException {
        return need(1).get();
    }

    int int16() throws IOException {
        return need(2).getShort();
    }

    int int32() throws IOException {
        return need(4).getInt();
    }

    long int64() throws IOException {
        return need(8).getLong();
    }

    /**
     * Takes a count of things that have so many bytes at least each.
     *
     * @param what they are, for errors
     */
    long count(String what, int bytesOfEach, long most) throws IOException {
        long count = int64();
        long left = Math.min(size, LARGEST_HEADER) - position();
        if (count < 0 || count > most || count > left / bytesOfEach) {
            throw damaged("claims " + Long.toUnsignedString(count) + " " + what + " in a file of " + size
                    + " bytes, expected " + most + " at most");
        }
        return count;
    }

    /** Takes a text of a length of its own. */
    String text(String what, int longest) throws IOException {
        int length = (int) count("bytes of " + what, 1, longest);
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            ByteBuffer here = need(1);
            int take = Math.min(length - at, here.remaining());
            here.get(bytes, at, take);
            at += take;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Passes over bytes, which must be there. */
    void skip(long bytes) throws IOException {
        long target = position() + bytes;
        if (bytes > Math.min(size, LARGEST_HEADER) - position()) {
            throw cut();
        }
        if (target <= windowEnd) {
            window.position(window.limit() - (int) (windowEnd - target));
        } else {
            window.limit(0);
            windowEnd = target;
        }
    }

    /** The window with so many bytes at least. */
    private ByteBuffer need(int bytes) throws IOException {
        if (window.remaining() < bytes) {
            window.compact();
            while (window.position() < bytes) {
                int read = windowEnd > LARGEST_HEADER ? -1 : channel.read(window, windowEnd);
                if (read < 0) {
                    throw cut();
                }
                windowEnd += read;
            }
            window.flip();
        }
        return window;
    }

    private CheckpointException cut() {
        return damaged(
                size > LARGEST_HEADER
                        ? "has a header of more than " + LARGEST_HEADER + " bytes"
                        : "ends inside its header: the file is truncated");
    }

    CheckpointException damaged(String what) {
        return new CheckpointException(path + " " + what);
    }

    CheckpointException damaged(String tensor, String what) {
        return new CheckpointException(path + ": tensor " + tensor + " " + what);
    }
}
