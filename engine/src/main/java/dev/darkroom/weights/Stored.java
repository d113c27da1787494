package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import java.nio.file.Path;

/** A tensor of a component, in the file that holds it. */
record Stored(String name, SafetensorsFile.Entry entry, Path file) {
    long bytes() {
        return entry.end() - entry.start();
    }

    /** Number of elements. */
    long elements() {
        return bytes() / entry.dtype().bytes();
    }

    DType dtype() {
        return entry.dtype();
    }
}
