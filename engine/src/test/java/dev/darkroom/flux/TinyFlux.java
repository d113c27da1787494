package dev.darkroom.flux;

import dev.darkroom.diffusion.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** FLUX checkpoints of tiny networks with random weights, of every kind. */
public final class TinyFlux {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    public static final Path DEV = GOLDENS.resolve("tiny-flux-dev");
    public static final Path SCHNELL = GOLDENS.resolve("tiny-flux-schnell");

    private TinyFlux() {}

    /** The checkpoint of which nothing is loaded. */
    static FluxCheckpoint open() {
        return FluxCheckpoint.of(new Checkpoint("tiny", DEV));
    }

    /** Makes an editing checkpoint in an empty folder, with the areas of the published one. */
    public static Path kontext(Path folder) throws IOException {
        return kontext(folder, "{}");
    }

    /**
     * Makes an editing checkpoint in an empty folder.
     *
     * @param defaults its {@code darkroom.json}
     */
    public static Path kontext(Path folder, String defaults) throws IOException {
        copy(DEV, folder);
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, Files.readString(index).replace("FluxPipeline", "FluxKontextPipeline"));
        Files.writeString(folder.resolve("darkroom.json"), defaults);
        return folder;
    }

    /** Makes a filling checkpoint in an empty folder. */
    public static Path fill(Path folder) throws IOException {
        copy(DEV, folder);
        try (Stream<Path> files = Files.list(folder.resolve("transformer"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        copy(GOLDENS.resolve("tiny-flux-fill"), folder);
        return folder;
    }

    /** Copies a checkpoint, over what is there already. */
    public static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
            }
        }
        return to;
    }
}
