package dev.darkroom.golden;

import dev.darkroom.tensor.DType;
import java.util.Locale;

/** One result beside its reference. */
record Comparison(String tensor, double maxAbs, double relativeL2, Tolerance tolerance) {
    /** What may differ, as the goldens' README states it. */
    record Tolerance(double maxAbs, double relativeL2) {
        static final Tolerance EXACT = new Tolerance(0, 0);
        static final Tolerance NETWORK = float32(2e-4, 2e-5);
        static final Tolerance PIPELINE = float32(5e-4, 5e-5);
        static final Tolerance SIGMAS = new Tolerance(1e-6, Double.POSITIVE_INFINITY);
        static final Tolerance TIMESTEPS = new Tolerance(1e-3, Double.POSITIVE_INFINITY);

        /** In bfloat16 rounding alone is 2e-3, and these networks are small: what is wrong is further apart than this. */
        static Tolerance float32(double maxAbs, double relativeL2) {
            return GoldenTensors.DTYPE == DType.FLOAT32
                    ? new Tolerance(maxAbs, relativeL2)
                    : new Tolerance(Double.POSITIVE_INFINITY, 5e-2);
        }
    }

    static Comparison of(String tensor, float[] actual, float[] expected, Tolerance tolerance) {
        if (actual.length != expected.length) {
            return new Comparison(
                    tensor + " (" + actual.length + " numbers, expected " + expected.length + ")",
                    Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    tolerance);
        }
        double worst = 0;
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            double d = Math.abs((double) actual[i] - expected[i]);
            worst = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(worst, d);
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        double relative = difference == 0 ? 0 : Math.sqrt(difference / norm);
        return new Comparison(tensor, worst, Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative, tolerance);
    }

    static Comparison of(String tensor, double[] actual, double[] expected, Tolerance tolerance) {
        if (actual.length != expected.length) {
            return new Comparison(tensor, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, tolerance);
        }
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        return new Comparison(tensor, worst, 0, tolerance);
    }

    static Comparison equal(String what, Object actual, Object expected) {
        double difference = actual.equals(expected) ? 0 : Double.POSITIVE_INFINITY;
        return new Comparison(
                difference == 0 ? what : what + " is " + actual + ", expected " + expected,
                difference,
                difference,
                Tolerance.EXACT);
    }

    boolean passes() {
        return maxAbs <= tolerance.maxAbs && relativeL2 <= tolerance.relativeL2;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s max abs %.1e, relative L2 %.1e", tensor, maxAbs, relativeL2);
    }
}
