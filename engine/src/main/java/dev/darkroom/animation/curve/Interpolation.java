package dev.darkroom.animation.curve;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How the values between those that a schedule states are found. */
public enum Interpolation {
    /** Along straight lines: Deforum's own choice. */
    LINEAR(1),
    /** Along a quadratic spline, or straight lines for fewer than three keys. */
    QUADRATIC(2),
    /** Along a cubic spline, or a quadratic one for fewer than four keys. */
    CUBIC(3);

    private final int degree;

    Interpolation(int degree) {
        this.degree = degree;
    }

    /** Fills in the values that are not a number; before the first and after the last that is one they stay as these are. */
    void fill(double[] values, int keys) {
        int[] known = known(values);
        values[0] = values[known[0]];
        values[values.length - 1] = values[known[known.length - 1]];
        known = known(values);
        int possible = Math.max(1, Math.min(degree, Math.min(keys, known.length) - 1));
        if (possible == 1) {
            straight(values, known);
        } else {
            double[] stated = Arrays.stream(known).mapToDouble(at -> values[at]).toArray();
            new Spline(known, stated, possible).fill(values);
        }
    }

    private static int[] known(double[] values) {
        return IntStream.range(0, values.length)
                .filter(at -> !Double.isNaN(values[at]))
                .toArray();
    }

    private static void straight(double[] values, int[] known) {
        for (int i = 1; i < known.length; i++) {
            int from = known[i - 1];
            int to = known[i];
            double slope = (values[to] - values[from]) / (to - from);
            for (int at = from + 1; at < to; at++) {
                values[at] = values[from] + slope * (at - from);
            }
        }
    }
}
