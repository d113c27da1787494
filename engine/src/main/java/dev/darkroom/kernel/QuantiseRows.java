package dev.darkroom.kernel;

/**
 * Rows of bfloat16 as e4m3 with a scale each, {@code max|row| / 448}; as they are, or through GELU by its tanh approximation, or some of
 * both side by side.
 *
 * @param kernel the function {@value #NAME}, {@value #GELU} or {@value #BESIDE_GELU}
 */
public record QuantiseRows(Kernel kernel) {
    public static final String NAME = "quantise_rows";
    public static final String GELU = "gelu_quantise_rows";
    public static final String BESIDE_GELU = "beside_gelu_quantise_rows";

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

    /** True if the kernel knows these side by side: {@code [B, S, K]} and {@code [B, S, L]} bfloat16. */
    public static boolean fits(Memory x, Memory y) {
        return x.hasRows(Memory.BFLOAT16, -1, -1, -1)
                && y.hasRows(Memory.BFLOAT16, x.size(0), x.size(1), -1)
                && x.size(2) % Block.VECTOR == 0
                && Block.holds(x.size(2) + y.size(2), MOST_THREADS)
                && x.size(0) <= Block.MOST_PICTURES
                && x.size(1) <= Block.MOST_ROWS;
    }

    /**
     * Launches the kernel {@value #BESIDE_GELU}; only for what {@link #fits(Memory, Memory)}.
     *
     * @param rows takes e4m3 {@code [B, S, K + L]}
     * @param rowScales takes float32 {@code [B, S, 1]}
     */
    public void launch(Memory x, Memory y, Memory rows, Memory rowScales) {
        kernel.launch(
                x.size(1),
                x.size(0),
                Block.threads(x.size(2) + y.size(2)),
                x.address(),
                y.address(),
                rows.address(),
                rowScales.address(),
                Math.toIntExact(x.size(2)),
                Math.toIntExact(y.size(2)),
                x.stride(1),
                x.stride(0),
                y.stride(1),
                y.stride(0));
    }
}
