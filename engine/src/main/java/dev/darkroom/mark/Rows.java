package dev.darkroom.mark;

import java.util.stream.IntStream;

/** Work on the rows of a picture, by all cores where it is large. What is computed does not depend on how many there are. */
final class Rows {
    /** Pixels below which handing out work costs more than it brings. */
    private static final int FEW = 100_000;

    /** Rows that are worked on as one; whole cells. */
    private static final int BLOCK = 16 * Cells.SIDE;

    private Rows() {}

    interface Work {
        /** Works on rows from one to before another. */
        void on(int from, int to);
    }

    static void each(int width, int height, Work work) {
        if ((long) width * height < FEW) {
            work.on(0, height);
            return;
        }
        IntStream.range(0, (height + BLOCK - 1) / BLOCK)
                .parallel()
                .forEach(block -> work.on(block * BLOCK, Math.min(height, (block + 1) * BLOCK)));
    }
}
