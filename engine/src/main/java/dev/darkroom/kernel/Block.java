package dev.darkroom.kernel;

/** Sizes of the blocks of kernels that hold a row in their threads' registers. */
final class Block {
    private static final int WARP = 32;

    /** Numbers that a thread reads at once: {@code PER_VECTOR} of the kernels. */
    static final int VECTOR = 8;

    /** Numbers that a thread holds: {@code HELD} vectors of the kernels. */
    private static final int PER_THREAD = VECTOR * 4;

    /** Most pictures of a batch: the card counts them in 16 bits. */
    static final long MOST_PICTURES = 65_535;

    /** Most rows of a picture: the card counts them in 31 bits. */
    static final long MOST_ROWS = Integer.MAX_VALUE;

    private Block() {}

    /** True if blocks of at most {@code most} threads can hold rows of {@code width} numbers. */
    static boolean holds(long width, int most) {
        return width > 0 && width % VECTOR == 0 && width <= (long) most * PER_THREAD;
    }

    /** Threads for a row: whole warps, as few as can hold it. */
    static int threads(long width) {
        return Math.toIntExact(Math.ceilDiv(width, (long) PER_THREAD * WARP) * WARP);
    }
}
