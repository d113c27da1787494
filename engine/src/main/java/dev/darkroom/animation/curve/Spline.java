package dev.darkroom.animation.curve;

/**
 * A smooth curve through given points: an interpolating B-spline whose inner knots are the points but for two at each end (cubic), or the
 * midpoints between points but for the first and last (quadratic).
 *
 * <p>Source: scipy's {@code interp1d} of kinds quadratic and cubic; de Boor, A Practical Guide to Splines, chapters X and XIII.
 */
final class Spline {
    private final int degree;
    private final double[] knots;
    private final double[] coefficients;

    /**
     * Finds the curve, in time linear in the points.
     *
     * @param at ascending; more points than {@code degree}
     * @param degree 2 or 3
     */
    Spline(int[] at, double[] values, int degree) {
        this.degree = degree;
        this.knots = knots(at, degree);
        this.coefficients = values.clone();
        int points = at.length;
        double[][] band = new double[points][2 * degree + 1]; // of row i the columns i - degree … i + degree
        for (int i = 0; i < points; i++) {
            int interval = interval(at[i]);
            double[] basis = basis(interval, at[i]);
            for (int k = 0; k <= degree; k++) {
                int column = interval - degree + k - i + degree;
                if (column >= 0 && column <= 2 * degree) {
                    band[i][column] = basis[k];
                }
            }
        }
        solve(band);
    }

    /** Sets the values that are not a number to those of the curve. */
    void fill(double[] values) {
        for (int at = 0; at < values.length; at++) {
            if (Double.isNaN(values[at])) {
                values[at] = value(at);
            }
        }
    }

    private double value(double at) {
        int interval = interval(at);
        double[] basis = basis(interval, at);
        double value = 0;
        for (int k = 0; k <= degree; k++) {
            value += basis[k] * coefficients[interval - degree + k];
        }
        return value;
    }

    private static double[] knots(int[] at, int degree) {
        int points = at.length;
        double[] knots = new double[points + degree + 1];
        for (int i = 0; i <= degree; i++) {
            knots[i] = at[0];
            knots[points + i] = at[points - 1];
        }
        for (int i = degree + 1; i < points; i++) {
            int j = i - degree;
            knots[i] = degree == 2 ? (at[j] + at[j + 1]) / 2.0 : at[j + 1];
        }
        return knots;
    }

    /** The interval between knots in which a place is, the last one for the end. */
    private int interval(double at) {
        int low = degree;
        int high = coefficients.length;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (at < knots[middle]) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low;
    }

    /** The basis functions that are not zero in an interval, by the recurrence of Cox and de Boor. */
    private double[] basis(int interval, double at) {
        double[] basis = new double[degree + 1];
        basis[0] = 1;
        for (int d = 1; d <= degree; d++) {
            double saved = 0;
            for (int r = 0; r < d; r++) {
                double right = knots[interval + r + 1];
                double left = knots[interval + 1 - d + r];
                double part = basis[r] / (right - left);
                basis[r] = saved + (right - at) * part;
                saved = (at - left) * part;
            }
            basis[d] = saved;
        }
        return basis;
    }

    /** Gauss' elimination within the band; such a matrix is totally positive and needs no pivots. */
    private void solve(double[][] band) {
        int points = band.length;
        for (int i = 0; i < points; i++) {
            for (int j = i + 1; j <= Math.min(i + degree, points - 1); j++) {
                double factor = band[j][i - j + degree] / band[i][degree];
                for (int k = i; k <= Math.min(i + degree, points - 1); k++) {
                    band[j][k - j + degree] -= factor * band[i][k - i + degree];
                }
                coefficients[j] -= factor * coefficients[i];
            }
        }
        for (int i = points - 1; i >= 0; i--) {
            for (int k = i + 1; k <= Math.min(i + degree, points - 1); k++) {
                coefficients[i] -= band[i][k - i + degree] * coefficients[k];
            }
            coefficients[i] /= band[i][degree];
        }
    }
}
