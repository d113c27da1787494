package dev.darkroom.weights;

import dev.darkroom.tensor.Scope;
import java.util.Map;

/**
 * A network and the scope that its weights live in; closing it frees them.
 *
 * @param bytes size of the weights in their files
 * @param linears the weights of its linear layers, by the layers' names in the checkpoint
 */
public record Loaded<T>(T network, Placement placement, long bytes, Map<String, LinearWeight> linears, Scope scope)
        implements AutoCloseable {
    public Loaded {
        linears = Map.copyOf(linears);
    }

    @Override
    public void close() {
        scope.close();
    }
}
