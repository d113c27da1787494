package dev.darkroom.tensor;

import ai.djl.util.cuda.CudaUtils;
import java.util.List;
import java.util.Optional;

/** Finds out whether a device multiplies fp8 numbers, by asking it for its generation and then for a product. */
public final class Fp8Products {
    /** Compute capability of the first cards that do: Ada. */
    private static final int OLDEST = 89;

    private static final int ROWS = 48;
    private static final int WIDTH = 64;
    private static final double MOST_DIFFERENCE = 1e-2;

    private Fp8Products() {}

    /** Checks that a device multiplies in fp8: empty if so, otherwise the reason why not. Belongs on the GPU's thread. */
    public static Optional<String> areMissing(Device device) {
        if (!device.isCuda()) {
            return Optional.of("the CPU multiplies none");
        }
        String capability = CudaUtils.getComputeCapability(0);
        return tooOld(capability).or(() -> wrong(device));
    }

    /** Returns the reason why a card of this compute capability, such as {@code 86}, has no fp8. */
    static Optional<String> tooOld(String capability) {
        try {
            return Integer.parseInt(capability) >= OLDEST
                    ? Optional.empty()
                    : Optional.of(
                            "the card has compute capability " + capability + ", and " + OLDEST + " is the first");
        } catch (NumberFormatException e) {
            return Optional.of("the card's compute capability is unknown: '" + capability + "'");
        }
    }

    /** Compares a product on the device with the same one on the CPU. */
    static Optional<String> wrong(Device device) {
        try (var scope = Scope.open("fp8 products")) {
            List<Tensor> made = Operators.randn(
                    1, DType.BFLOAT16, new long[] {ROWS, WIDTH}, new long[] {3 * WIDTH, WIDTH}, new long[] {3 * WIDTH});
            float[] expected = product(made, Device.CPU);
            float[] found = product(made, device);
            double difference = 0;
            double size = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(expected[i] - found[i], 2);
                size += Math.pow(expected[i], 2);
            }
            return Math.sqrt(difference / size) < MOST_DIFFERENCE
                    ? Optional.empty()
                    : Optional.of("the card gives other products than the CPU");
        } catch (TensorException e) {
            if (e.isDeviceLost()) {
                throw e;
            }
            return Optional.of("the card's libtorch refuses them: " + e.getMessage());
        }
    }

    private static float[] product(List<Tensor> made, Device device) {
        Tensor x = made.get(0).to(device).reshape(1, ROWS, WIDTH);
        var weight = ScaledOperators.quantiseRows(made.get(1).to(device));
        Tensor bias = made.get(2).to(device);
        Tensor linear = ScaledOperators.linear(x, weight, bias, List.of());
        Tensor joint = ScaledOperators.queryKeyValue(
                List.of(x),
                List.of(ScaledOperators.quantiseRows(x)),
                List.of(weight),
                List.of(bias),
                1,
                List.of(),
                new long[3],
                DType.BFLOAT16);
        return Tensor.cat(0, linear.reshape(-1), joint.reshape(-1)).toFloats();
    }
}
