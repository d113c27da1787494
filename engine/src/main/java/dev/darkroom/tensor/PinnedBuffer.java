package dev.darkroom.tensor;

/** Page-locked host memory, which a card reads at full speed. Allocated once and used for a whole checkpoint. */
public record PinnedBuffer(Tensor bytes) {
    /** Allocates {@code size} bytes in the innermost scope; needs a card. */
    public static PinnedBuffer allocate(long size) {
        return new PinnedBuffer(Operators.PINNED.tensor(size));
    }
}
