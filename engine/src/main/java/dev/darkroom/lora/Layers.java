package dev.darkroom.lora;

import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Layers and norms of one network that LoRAs may change, by their names in the checkpoint.
 *
 * @param linears widths of its linear layers
 * @param norms widths of its RMS norms
 */
record Layers(Map<String, LinearWeight.Shape> linears, Map<String, Long> norms) {
    static Layers of(Loaded<?> loaded) {
        return new Layers(
                loaded.layers(),
                loaded.norms().entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, norm -> norm.getValue().width())));
    }

    /** Names of layers and norms. */
    Set<String> names() {
        Set<String> names = new HashSet<>(linears.keySet());
        names.addAll(norms.keySet());
        return names;
    }
}
