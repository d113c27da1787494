package dev.darkroom.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folders in which libraries of CUDA lie beside libtorch. */
public final class LibraryFolders {
    private static final Pattern LIBTORCH = Pattern.compile("\\s(/.*)/libtorch_cpu\\.so$");

    private LibraryFolders() {}

    /** Lists the folder that {@code PYTORCH_LIBRARY_PATH} names, those of {@code LD_LIBRARY_PATH}, and the one that libtorch was loaded from. */
    public static List<Path> of(Map<String, String> environment) {
        return Stream.of(
                        Stream.of(environment.getOrDefault("PYTORCH_LIBRARY_PATH", "")),
                        Stream.of(
                                environment.getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator)),
                        mapped())
                .flatMap(folders -> folders)
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .distinct()
                .toList();
    }

    /** Finds libtorch among the files that this process has mapped. */
    private static Stream<String> mapped() {
        try {
            return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .map(LIBTORCH::matcher)
                    .flatMap(matcher -> matcher.find() ? Stream.of(matcher.group(1)) : Stream.of())
                    .distinct();
        } catch (IOException e) {
            return Stream.of(); // no Linux
        }
    }
}
