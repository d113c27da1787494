package dev.darkroom.weights;

import dev.darkroom.tensor.Scope;

/**
 * A network and the scope that its weights live in; closing it frees them.
 *
 * @param bytes size of the weights in their files
 */
public record Loaded<T>(T network, Placement placement, long bytes, Scope scope) implements AutoCloseable {
    @Override
    public void close() {
        scope.close();
    }
}
