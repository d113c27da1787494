package dev.darkroom.weights;

import dev.darkroom.tensor.Scope;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A loaded network and the scope that its weights live in; {@link #close} frees them.
 *
 * @param bytes size of the weights in their files
 * @param linears the weights of its linear layers, by the layers' names in the checkpoint
 * @param norms the weights of its RMS norms, by the norms' names in the checkpoint
 */
public record Loaded<T>(
        T network,
        Placement placement,
        long bytes,
        Map<String, LinearWeight> linears,
        Map<String, NormWeight> norms,
        Scope scope)
        implements AutoCloseable {
    public Loaded {
        linears = Map.copyOf(linears);
        norms = Map.copyOf(norms);
    }

    /** Widths of the network's linear layers, by the layers' names in the checkpoint. */
    public Map<String, LinearWeight.Shape> layers() {
        return linears.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, layer -> layer.getValue().shape()));
    }

    /**
     * Quantises the weights of linear layers to fp8, if the placement has them so; what LoRAs add stays in the placement's type.
     *
     * @param bearIt tells by a layer's name in the checkpoint if it may be quantised
     */
    public Loaded<T> quantised(Predicate<String> bearIt) {
        if (placement.fp8()) {
            linears.forEach((name, weight) -> {
                if (bearIt.test(name)) {
                    weight.quantise(scope);
                }
            });
        }
        return this;
    }

    @Override
    public void close() {
        scope.close();
    }
}
