package dev.darkroom.weights;

import dev.darkroom.tensor.Scope;
import java.util.Map;
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

    @Override
    public void close() {
        scope.close();
    }
}
