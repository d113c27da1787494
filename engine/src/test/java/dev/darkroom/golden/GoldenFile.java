package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One file of a manifest, and the checkpoints that it may be of. A manifest may name the checkpoint; else the one is taken whose name the
 * file's name holds, and where several fit, the first that agrees.
 *
 * @param entry what the manifest says of it
 * @param whole a word in the name of the checkpoint that has all components
 */
record GoldenFile(Path path, JsonNode entry, Checkpoints checkpoints, String whole) {
    private static final Placement PLACEMENT = new Placement(GoldenTensors.DEVICE, GoldenTensors.DTYPE);

    /** A comparison with a network in memory. */
    @FunctionalInterface
    interface OfNetwork<T> {
        void compare(List<Comparison> results, T network, GoldenTensors golden);
    }

    /** A comparison with a whole pipeline. */
    @FunctionalInterface
    interface OfPipeline {
        /** @param components folders by name, of this checkpoint or, where it has only what differs, of another one */
        List<Comparison> compare(Components components, JsonNode params, GoldenTensors golden);
    }

    /** The folders of a checkpoint's components by their names. */
    @FunctionalInterface
    interface Components {
        Path folder(String name);
    }

    String name() {
        return path.getFileName().toString();
    }

    JsonNode params() {
        return entry.path("params");
    }

    JsonNode json() {
        return GoldenValues.read(path);
    }

    GoldenTensors tensors() {
        return GoldenTensors.read(path);
    }

    /** A pipeline's run under any name: what the pocket model's goldens are. */
    boolean isOfPipeline() {
        return entry.path("tensors").has("out.image") && entry.path("tensors").has("in.noise");
    }

    /** Compares with a component of a checkpoint that has it. */
    List<Comparison> component(String name, Function<Path, List<Comparison>> comparison) {
        return checkpoints.firstThatAgrees(
                name, Checkpoints.variant(name(), entry), checkpoint -> comparison.apply(checkpoint.resolve(name)));
    }

    /** Loads a network of a checkpoint that has it, as float32, and compares with it. */
    <T> List<Comparison> network(String name, BiFunction<Path, Placement, Loaded<T>> load, OfNetwork<T> comparison) {
        return component(name, folder -> {
            try (var scope = Scope.open("golden");
                    Loaded<T> loaded = load.apply(folder, PLACEMENT)) {
                List<Comparison> results = new ArrayList<>();
                comparison.compare(results, loaded.network(), tensors());
                return results;
            }
        });
    }

    /** Compares with a pipeline of a checkpoint that has a transformer. */
    List<Comparison> pipeline(OfPipeline comparison) {
        return component(
                "transformer",
                transformer -> comparison.compare(name -> folder(transformer.getParent(), name), params(), tensors()));
    }

    private Path folder(Path checkpoint, String name) {
        return Files.isDirectory(checkpoint.resolve(name))
                ? checkpoint.resolve(name)
                : checkpoints
                        .with(name, checkpoint.getFileName().toString().replace("fill", whole), whole)
                        .getFirst()
                        .resolve(name);
    }
}
