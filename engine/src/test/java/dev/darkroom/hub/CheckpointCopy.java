package dev.darkroom.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The checkpoints that tests put on hubs and into caches, and what lies in a folder. */
final class CheckpointCopy {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home", ".."));

    /** In one piece each, with files that the worker does not read. */
    static final Path POCKET = HOME.resolve("test-payloads/models/pocket-flux");

    /** In shards. */
    static final Path SHARDED = HOME.resolve("engine/src/test/resources/goldens/tiny-flux-dev");

    private CheckpointCopy() {}

    static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Path copy = to.resolve(from.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    /** Content by path. */
    static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        for (Path file : files(folder)) {
            contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
        }
        return contents;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
