package dev.darkroom.depth;

/** What the numbers of a depth map mean. */
public enum DepthKind {
    /** Inverse depth without a unit or a zero: larger is nearer, none is below 0. */
    RELATIVE,
    /** Distance in metres, from 0 to what the checkpoint was trained for: larger is farther. */
    METRIC
}
