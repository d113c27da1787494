package dev.darkroom.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder in diffusers layout that is put together of links: to a checkpoint, and to files of weights that take the place of its own. */
final class ComposedFolder {
    private static final String SHARD_INDEX = ".index.json";

    private ComposedFolder() {}

    /**
     * Checks that a checkpoint has networks of these names.
     *
     * @throws HubException that names those that it has, if not
     */
    static void checkNetworks(Path checkpoint, Collection<String> components) {
        List<String> networks = ModelIndex.read(checkpoint.resolve(ModelIndex.FILE)).components().stream()
                .filter(Component::hasWeights)
                .map(Component::name)
                .toList();
        for (String component : components) {
            if (!networks.contains(component)) {
                throw new HubException(
                        checkpoint + " has no network '" + component + "', but " + String.join(", ", networks));
            }
        }
    }

    /**
     * Makes a folder, which goes when the process ends.
     *
     * @param weights the files by the components that they are of
     * @throws HubException if it cannot be made
     */
    static Path of(Path checkpoint, Map<String, Path> weights) {
        try {
            Path folder = Files.createTempDirectory("darkroom-model-").toRealPath();
            folder.toFile().deleteOnExit();
            for (Path entry : entries(checkpoint)) {
                if (!weights.containsKey(String.valueOf(entry.getFileName()))) {
                    link(folder, entry);
                }
            }
            for (Map.Entry<String, Path> component : weights.entrySet()) {
                Path its = Files.createDirectory(folder.resolve(component.getKey()));
                its.toFile().deleteOnExit();
                for (Path entry : entries(checkpoint.resolve(component.getKey()))) {
                    String name = String.valueOf(entry.getFileName());
                    if (name.endsWith(".json") && !name.endsWith(SHARD_INDEX)) {
                        link(its, entry);
                    }
                }
                link(its, component.getValue());
            }
            return folder;
        } catch (IOException e) {
            throw new HubException("the model in " + checkpoint + " cannot be put together: " + e, e);
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    private static void link(Path folder, Path to) throws IOException {
        Path link = folder.resolve(String.valueOf(to.getFileName()));
        link.toFile().deleteOnExit();
        Files.createSymbolicLink(link, to.toAbsolutePath());
    }
}
