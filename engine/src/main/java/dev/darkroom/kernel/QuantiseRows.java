package dev.darkroom.kernel;

/**
 * Rows of bfloat16 as e4m3 with a scale each, {@code max|row| / 448}; as they are, or through GELU by its tanh approximation.
 *
 * @param kernel the function {@value #NAME} or {@value #GELU}
 */
public record QuantiseRows(Kernel kernel) {
    public static final String NAME = "quantise_rows";
    public static final String GELU = "gelu_quantise_rows";

    private static final int MOST_THREADS = 1024;

    /** True if the kernel knows this type, shape and strides: {@code [B, S, D]} bfloat16. */
    public static boolean fits(Memory x) {
        return x.hasRows(Memory.BFLOAT16, -1, -1, -1)
                && Block.holds(x.size(2), MOST_THREADS)
                && x.size(0) <= Block.MOST_PICTURES
                && x.size(1) <= Block.MOST_ROWS;
    }

    /**
     * Launches the kernel; only for what {@link #fits}.
     *
     * @param rows takes {@code [B, S, D]} e4m3
     * @param rowScales takes {@code [B, S, 1]} float32
     */
    public void launch(Memory x, Memory rows, Memory rowScales) {
        kernel.launch(
                x.size(1),
                x.size(0),
                Block.threads(x.size(2)),
                x.address(),
                rows.address(),
                rowScales.address(),
                Math.toIntExact(x.size(2)),
                x.stride(1),
                x.stride(0));
    }
}
