package dev.darkroom.checks;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.Locale;

/**
 * Checks that the device computes what the CPU computes in float32: a matrix product, a norm and attention, in the type that the networks
 * use. A broken card or driver shows here, not in the first caller's picture.
 */
public final class DeviceArithmetic {
    private static final int TOKENS = 64;
    private static final int WIDTH = 256;
    private static final int HEADS = 4;

    private DeviceArithmetic() {}

    /**
     * Compares the results of the device and the CPU.
     *
     * @return how far they are apart, for the log
     * @throws IllegalStateException if they are too far apart
     */
    public static String check(Placement placement) {
        try (var scope = Scope.open("device arithmetic")) {
            float[] expected = compute(new Placement(Device.CPU, DType.FLOAT32));
            float[] actual = compute(placement);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(actual[i] - (double) expected[i], 2);
                norm += Math.pow(expected[i], 2);
            }
            double relative = Math.sqrt(difference / norm);
            double tolerance =
                    placement.dtype() == DType.FLOAT32 ? 1e-3 : 5e-2; // TF32 and bfloat16 round to 10 and 8 bits
            if (!(relative <= tolerance)) {
                throw new IllegalStateException(
                        placement + " differs from the CPU by " + relative + ", more than " + tolerance);
            }
            return String.format(Locale.ROOT, "%s, %.1e apart from the CPU in float32", placement, relative);
        }
    }

    private static float[] compute(Placement placement) {
        var numbers = Operators.randn(
                        1, DType.FLOAT32, new long[] {1, TOKENS, WIDTH}, new long[] {WIDTH, WIDTH}, new long[] {WIDTH})
                .stream()
                .map(tensor -> tensor.to(placement.device()).to(placement.dtype()))
                .toList();
        Tensor product = Operators.linear(numbers.get(0), numbers.get(1), numbers.get(2));
        Tensor normed = Operators.rmsNorm(product, numbers.get(2), 1e-6);
        return AttentionOperators.attention(normed, numbers.get(0), product, HEADS, false)
                .toFloats();
    }
}
