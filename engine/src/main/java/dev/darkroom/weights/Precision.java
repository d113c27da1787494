package dev.darkroom.weights;

/** How the layers of a network that bear fp8 are kept and multiplied. */
public enum Precision {
    /** Like all others, in the element type. */
    PLAIN,
    /** Kept and multiplied as rows of e4m3 numbers, on a card that can. */
    FP8,
    /** Kept as rows of e4m3 numbers, and multiplied in the element type: half the memory on any card. */
    FP8_STORED
}
