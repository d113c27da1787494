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

    /** True if the kernel knows this type, shape and strides: {@code [B, S, D]} or {@code [S, D]} bfloat16. */
    public static boolean fits(Memory x) {
        int last = x.dimensions() - 1;
        return (x.hasRows(Memory.BFLOAT16, -1, -1) || x.hasRows(Memory.BFLOAT16, -1, -1, -1))
                && Block.holds(x.size(last), MOST_THREADS)
                && (last == 1 || x.size(0) <= Block.MOST_PICTURES)
                && x.size(last - 1) <= Block.MOST_ROWS;
    }

    /**
     * Launches the kernel; only for what {@link #fits}.
     *
     * @param rows takes e4m3 of the shape of {@code x}
     * @param rowScales takes float32 of that shape but for the width, which is 1
     */
    public void launch(Memory x, Memory rows, Memory rowScales) {
        int last = x.dimensions() - 1;
        boolean batched = last == 2;
        kernel.launch(
                x.size(last - 1),
                batched ? x.size(0) : 1,
                Block.threads(x.size(last)),
                x.address(),
                rows.address(),
                rowScales.address(),
                Math.toIntExact(x.size(last)),
                x.stride(last - 1),
                batched ? x.stride(0) : 0L);
    }
}
