package dev.darkroom.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small tree of files as Linux shows them. */
record Trees(Path root) {
    Trees file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    Trees meminfo(long available, long total) throws IOException {
        return file(
                "proc/meminfo",
                "MemTotal:       %d kB\nMemFree:          12 kB\nMemAvailable:   %d kB\nBuffers:   7 kB\n"
                        .formatted(total >> 10, available >> 10));
    }

    Trees status(long resident, long files) throws IOException {
        return file(
                "proc/self/status",
                "Name:\tjava\nVmPeak:\t 999999 kB\nVmRSS:\t %d kB\nRssAnon:\t 1 kB\nRssFile:\t %d kB\n"
                        .formatted(resident >> 10, files >> 10));
    }

    SystemFiles files() {
        return new SystemFiles(root);
    }
}
