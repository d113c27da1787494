package dev.darkroom.weights.file;

/**
 * A part of a network's weights that is held as one.
 *
 * @param place where it lies in the checkpoint; empty for all that belongs to no other part
 * @param course the place of the blocks that it is used in turn with
 */
public record Part(String place, String course, Kind kind) {
    /** All that belongs to no other part. */
    public static final Part BASE = new Part("", "", Kind.BASE);

    /** What a part is. */
    public enum Kind {
        /** On the device. */
        BASE,
        /** A block, which is computed with in every pass. */
        BLOCK,
        /** What belongs to a block and is computed with once for many passes. */
        APART,
        /** A table of which single rows are looked up. */
        TABLE
    }
}
