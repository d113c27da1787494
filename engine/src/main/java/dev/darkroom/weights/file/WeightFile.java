package dev.darkroom.weights.file;

import dev.darkroom.weights.gguf.GgufFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file of weights, whatever its format.
 *
 * @param size in bytes, when its header was read
 * @param tensors under the names that the file gives them
 * @param metadata the writer's remarks about the file, texts by name
 */
public record WeightFile(Path path, long size, List<Stored> tensors, Map<String, String> metadata) {
    static WeightFile of(SafetensorsFile file) {
        List<Stored> tensors = file.entries().entrySet().stream()
                .map(tensor -> new Stored(tensor.getKey(), tensor.getValue(), file.path()))
                .toList();
        return new WeightFile(file.path(), file.size(), tensors, file.metadata());
    }

    static WeightFile of(GgufFile file) {
        List<Stored> tensors = file.entries().entrySet().stream()
                .map(tensor -> Stored.of(tensor.getKey(), tensor.getValue(), file.path()))
                .toList();
        return new WeightFile(
                file.path(),
                file.size(),
                tensors,
                file.architecture()
                        .map(name -> Map.of(Inventory.ARCHITECTURE, name))
                        .orElse(Map.of()));
    }
}
