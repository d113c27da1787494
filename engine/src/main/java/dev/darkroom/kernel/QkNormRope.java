package dev.darkroom.kernel;

/**
 * RMS norm of each head of query and key, then rotation of adjacent pairs: in place on rows of {@code joint [B, S, 3, H, 128]}, bfloat16.
 *
 * @param kernel the function {@value #NAME}
 */
public record QkNormRope(Kernel kernel) {
    public static final String NAME = "qk_norm_rope";

    private static final int HEAD_WIDTH = 128;
    private static final int THREADS = 256;

    /**
     * True if the kernel knows these types, shapes and strides.
     *
     * @param norms {@code [128]} bfloat16, of queries, then of keys
     * @param table {@code [S, 64]} complex64
     * @param first first row of {@code joint} to be changed
     * @param rows number of rows to be changed
     */
    public static boolean fits(Memory joint, Memory normQ, Memory normK, Memory table, long first, long rows) {
        return joint.is(Memory.BFLOAT16, -1, -1, 3, -1, HEAD_WIDTH)
                && normQ.is(Memory.BFLOAT16, HEAD_WIDTH)
                && normK.is(Memory.BFLOAT16, HEAD_WIDTH)
                && table.is(Memory.COMPLEX64, -1, HEAD_WIDTH / 2)
                && first >= 0
                && rows > 0
                && first + rows <= Math.min(joint.size(1), table.size(0))
                && joint.size(0) <= Block.MOST_PICTURES
                && joint.size(1) <= Block.MOST_ROWS;
    }

    /** Launches the kernel; only for what {@link #fits}. */
    public void launch(Memory joint, Memory normQ, Memory normK, Memory table, long first, long rows, double eps) {
        kernel.launch(
                rows,
                joint.size(0),
                THREADS,
                joint.address(),
                normQ.address(),
                normK.address(),
                table.address(),
                Math.toIntExact(first),
                Math.toIntExact(joint.size(1)),
                Math.toIntExact(joint.size(3)),
                (float) eps);
    }
}
