package dev.darkroom.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The checkpoints that lie below or beside a directory of goldens. */
record Checkpoints(List<Path> folders) {
    private static final int DEPTH = 4;

    /** Looks below {@code root}, and two levels above it for goldens that were named by their own folder. */
    static Checkpoints around(Path root) {
        for (Path place : List.of(root, root.resolve(".."), root.resolve("../.."))) {
            try (Stream<Path> files = Files.find(
                    place.toAbsolutePath().normalize(),
                    DEPTH,
                    (path, attributes) -> path.endsWith("model_index.json"))) {
                List<Path> folders = files.map(Path::getParent).sorted().toList();
                if (!folders.isEmpty()) {
                    return new Checkpoints(folders);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Checkpoints(List.of());
    }

    /** Folders with a component, those whose name holds one of the words first, in the words' order. */
    List<Path> with(String component, String... words) {
        return ordered(folder -> Files.isDirectory(folder.resolve(component)), words);
    }

    private List<Path> ordered(Predicate<Path> filter, String... words) {
        List<Path> found = new ArrayList<>(folders.stream().filter(filter).toList());
        found.sort(Comparator.comparingInt(folder -> {
            String name = folder.getFileName().toString();
            for (int i = 0; i < words.length; i++) {
                if (name.contains(words[i])) {
                    return i;
                }
            }
            return words.length;
        }));
        return found;
    }
}
