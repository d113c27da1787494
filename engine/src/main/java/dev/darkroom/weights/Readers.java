package dev.darkroom.weights;

import dev.darkroom.weights.file.Part;

/** Gives a network that is being built readers of its parts. */
@FunctionalInterface
interface Readers {
    /** The reader of a part's tensors. */
    TensorReader of(Part part);

    /** Returns what has the weights of a part on the device for what is computed next. */
    default Runnable bringing(Part part) {
        return () -> {};
    }
}
