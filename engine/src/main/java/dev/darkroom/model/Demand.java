package dev.darkroom.model;

import dev.darkroom.tensor.DType;

/** What a run of a model takes beside the weights, in whichever element type its networks compute. */
@FunctionalInterface
public interface Demand {
    /** Nothing but weights. */
    Demand NONE = type -> Activations.NONE;

    /** Bytes at the peaks of networks that compute in this type. */
    Activations in(DType type);
}
