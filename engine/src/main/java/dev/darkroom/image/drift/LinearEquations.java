package dev.darkroom.image.drift;

/** Solves small systems of linear equations by elimination with pivots. */
final class LinearEquations {
    private static final double SINGULAR = 1e-9;

    private LinearEquations() {}

    /**
     * Adds the solution to {@code x}.
     *
     * @param equations a square matrix with the right-hand sides as last column; overwritten
     * @return false, with x as it was, if there is no one solution
     */
    static boolean addSolution(double[][] equations, double[] x) {
        int n = x.length;
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                if (Math.abs(equations[row][column]) > Math.abs(equations[pivot][column])) {
                    pivot = row;
                }
            }
            double[] swapped = equations[column];
            equations[column] = equations[pivot];
            equations[pivot] = swapped;
            if (Math.abs(equations[column][column]) < SINGULAR) {
                return false;
            }
            for (int row = 0; row < n; row++) {
                double factor = row == column ? 0 : equations[row][column] / equations[column][column];
                for (int i = column; i <= n; i++) {
                    equations[row][i] -= factor * equations[column][i];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            x[i] += equations[i][n] / equations[i][i];
        }
        return true;
    }
}
