package dev.darkroom.tensor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The library that this process gets the memory of its tensors on the CPU from: the C library, unless another was preloaded. */
public final class Allocator {
    private static final List<String> OTHERS = List.of("tcmalloc", "jemalloc", "mimalloc");

    private Allocator() {}

    /** Name of the allocator, such as {@code tcmalloc}, by the libraries that are mapped. */
    public static String name() {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            List<String> libraries = mapped.filter(line -> line.contains(".so"))
                    .map(line -> line.substring(line.lastIndexOf('/') + 1))
                    .distinct()
                    .toList();
            return OTHERS.stream()
                    .filter(name -> libraries.stream().anyMatch(library -> library.startsWith("lib" + name)))
                    .findFirst()
                    .orElse("that of the C library");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
