package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Distinguishes safetensors files from web pages and other things that a server sends in their place. */
final class SafetensorsStart {
    /** Largest header. That of a LoRA on every layer of the largest model takes less than half a megabyte. */
    private static final long LARGEST_HEADER = 4_000_000;

    private SafetensorsStart() {}

    /**
     * Refuses a file that cannot be safetensors by its first bytes: the length of a header, and the brace that it begins with.
     *
     * @param what the error's name for the file
     * @throws JobException if the file is no safetensors file
     */
    static void check(String field, String what, Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(Long.BYTES + 1);
        }
        if (start.length > Long.BYTES && start[Long.BYTES] == '{') {
            long header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header > 1 && header <= Math.min(LARGEST_HEADER, Files.size(file) - Long.BYTES)) {
                return;
            }
        }
        boolean page =
                new String(start, StandardCharsets.ISO_8859_1).stripLeading().startsWith("<");
        throw JobException.badInput(
                field + ": " + what + " is no safetensors file" + (page ? ", but looks like a web page" : ""));
    }
}
