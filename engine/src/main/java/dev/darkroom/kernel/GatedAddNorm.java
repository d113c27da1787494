package dev.darkroom.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gated residual connection and the norm that follows it: {@code x' = x + gate · y} and {@code LayerNorm(x') · (1 + scale) + shift}, the
 * latter as bfloat16, or as e4m3 with a scale a row.
 *
 * @param kernel the function {@value #NAME} or {@value #QUANTISED}
 */
public record GatedAddNorm(Kernel kernel) {
    public static final String NAME = "gated_add_norm";
    public static final String QUANTISED = "gated_add_norm_quantised";

    private static final int MOST_THREADS = 256;

    /**
     * True if the kernel knows these types, shapes and strides.
     *
     * @param x {@code [B, S, D]} bfloat16, as is {@code y}
     * @param gate {@code [B, 1, D]} bfloat16, or one for all pictures; as are {@code shift} and {@code scale}
     */
    public static boolean fits(Memory x, Memory y, Memory gate, Memory shift, Memory scale) {
        return isRows(x)
                && isRows(y)
                && x.size(0) == y.size(0)
                && x.size(1) == y.size(1)
                && x.size(2) == y.size(2)
                && Block.holds(x.size(2), MOST_THREADS)
                && x.size(0) <= Block.MOST_PICTURES
                && x.size(1) <= Block.MOST_ROWS
                && isModulation(gate, x)
                && isModulation(shift, x)
                && isModulation(scale, x);
    }

    private static boolean isRows(Memory x) {
        return x.hasRows(Memory.BFLOAT16, -1, -1, -1) && (x.size(1) == 1 || x.stride(1) == x.size(2));
    }

    private static boolean isModulation(Memory modulation, Memory x) {
        return modulation.hasRows(Memory.BFLOAT16, -1, 1, x.size(2))
                && (modulation.size(0) == 1 || modulation.size(0) == x.size(0));
    }

    /**
     * Launches the kernel; only for what {@link #fits}.
     *
     * @param sum takes {@code x'}
     * @param norm takes the norm
     * @param rowScales takes {@code [B, S, 1]} float32 where the norm is e4m3; otherwise null
     */
    public void launch(
            Memory x,
            Memory y,
            Memory gate,
            Memory shift,
            Memory scale,
            double eps,
            Memory sum,
            Memory norm,
            @Nullable Memory rowScales) {
        Object[] results = rowScales == null
                ? new Object[] {sum.address(), norm.address()}
                : new Object[] {sum.address(), norm.address(), rowScales.address()};
        Object[] inputs = {x.address(), y.address(), gate.address(), shift.address(), scale.address()};
        Object[] layout = {
            Math.toIntExact(x.size(2)),
            x.stride(0),
            y.stride(0),
            batchStride(gate),
            batchStride(shift),
            batchStride(scale),
            (float) eps
        };
        kernel.launch(x.size(1), x.size(0), Block.threads(x.size(2)), joined(inputs, results, layout));
    }

    private static long batchStride(Memory modulation) {
        return modulation.size(0) == 1 ? 0L : modulation.stride(0);
    }

    private static Object[] joined(Object[]... parts) {
        return Arrays.stream(parts).flatMap(Arrays::stream).toArray();
    }
}
