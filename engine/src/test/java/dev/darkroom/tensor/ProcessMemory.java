package dev.darkroom.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says about the memory of this process. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /** Bytes in memory that belong to no file: what was allocated and touched, not what is mapped. */
    public static long anonymousBytes() throws IOException {
        return bytes("RssAnon:");
    }

    /** The most bytes that were ever in memory, mapped files included. */
    public static long peakBytes() throws IOException {
        return bytes("VmHWM:");
    }

    private static long bytes(String field) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(entry -> entry.startsWith(field))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
