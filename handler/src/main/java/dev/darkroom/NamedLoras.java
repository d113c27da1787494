package dev.darkroom;

import dev.darkroom.queue.sdapi.LoraShelf;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The LoRAs in the folders that jobs may name LoRAs of, by the names of their files. */
@Singleton
class NamedLoras implements LoraShelf {
    private static final Logger LOG = Logger.getLogger(NamedLoras.class);
    private static final String EXTENSION = ".safetensors";
    private static final int DEPTH = 4;

    /** Bound of the list; whoever has more names them by their paths. */
    private static final int MOST = 1_000;

    private final WorkerConfig config;

    NamedLoras(WorkerConfig config) {
        this.config = config;
    }

    @Override
    public Map<String, String> paths() {
        Map<String, String> paths = new TreeMap<>();
        config.loras().roots().ifPresent(folders -> folders.forEach(folder -> add(folder, paths)));
        return paths;
    }

    private static void add(Path folder, Map<String, String> paths) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.find(folder, DEPTH, (file, facts) -> facts.isRegularFile())) {
            files.filter(file -> file.toString().endsWith(EXTENSION))
                    .sorted()
                    .limit(MOST)
                    .forEach(file -> {
                        String name = String.valueOf(file.getFileName());
                        paths.putIfAbsent(
                                name.substring(0, name.length() - EXTENSION.length()),
                                folder.relativize(file).toString());
                    });
        } catch (IOException | java.io.UncheckedIOException e) {
            LOG.warnf("LoRAs in %s cannot be listed: %s", folder, e);
        }
    }
}
