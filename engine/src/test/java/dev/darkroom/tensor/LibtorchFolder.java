package dev.darkroom.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the libtorch of this process lies. */
public final class LibtorchFolder {
    private LibtorchFolder() {}

    /** Finds it among the mapped files; operators must have been bound. */
    public static Path ofProcess() throws IOException {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            return mapped.filter(line -> line.endsWith("/libtorch_cpu.so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst()
                    .map(Path::getParent)
                    .orElseThrow();
        }
    }
}
