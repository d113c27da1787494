package dev.darkroom.checks;

import dev.darkroom.checks.ArithmeticTrial.Sizes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Locale;

/**
 * Checks that the device computes what the CPU computes in float32: attention, products, norms and convolutions, in the type that the
 * networks use, and on a card at the networks' own shapes, for by those its libraries choose their kernels. A broken card, driver or kernel
 * shows here, not in the first caller's picture.
 */
public final class DeviceArithmetic {
    private DeviceArithmetic() {}

    /**
     * Compares the results of the device and the CPU.
     *
     * @return how far they are apart, for the log
     * @throws IllegalStateException that names the computation, if they are too far apart
     */
    public static String check(Placement placement) {
        try (var scope = Scope.open("device arithmetic")) {
            return check(placement, ArithmeticTrial.of(placement.device().isCard() ? Sizes.NETWORKS : Sizes.SMALL));
        }
    }

    static String check(Placement placement, List<ArithmeticTrial> trials) {
        double tolerance = placement.dtype() == DType.FLOAT32 ? 1e-3 : 2e-2; // TF32 and bfloat16 round to 10 and 8 bits
        double farthest = 0;
        for (ArithmeticTrial trial : trials) {
            double apart = trial.apart(placement);
            if (!(apart <= tolerance)) {
                throw new IllegalStateException(placement + ": " + trial.name() + " differs from the CPU by " + apart
                        + ", more than " + tolerance);
            }
            farthest = Math.max(farthest, apart);
        }
        return String.format(Locale.ROOT, "%s, at most %.1e apart from the CPU in float32", placement, farthest);
    }
}
