package dev.darkroom.animation.warp;

/**
 * A 3×3 matrix in float64: a homography of points {@code (x, y, 1)}, or a rotation in space.
 *
 * <p>Source: Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, for {@link #mapping}.
 */
public final class Matrix3 {
    private static final double SINGULAR = 1e-12;

    private final double[] rows;

    private Matrix3(double... rows) {
        this.rows = rows;
    }

    /** Makes a matrix of 9 numbers, row after row. */
    public static Matrix3 of(double... rows) {
        if (rows.length != 9) {
            throw new IllegalArgumentException(rows.length + " numbers are no 3x3 matrix");
        }
        return new Matrix3(rows.clone());
    }

    /** Everything stays where it is. */
    public static Matrix3 identity() {
        return new Matrix3(1, 0, 0, 0, 1, 0, 0, 0, 1);
    }

    static Matrix3 shift(double x, double y) {
        return new Matrix3(1, 0, x, 0, 1, y, 0, 0, 1);
    }

    /** Rotation about an axis (0 is x) by the right-hand rule, for columns. */
    static Matrix3 rotation(int axis, double degrees) {
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
        return switch (axis) {
            case 0 -> new Matrix3(1, 0, 0, 0, cos, -sin, 0, sin, cos);
            case 1 -> new Matrix3(cos, 0, sin, 0, 1, 0, -sin, 0, cos);
            case 2 -> new Matrix3(cos, -sin, 0, sin, cos, 0, 0, 0, 1);
            default -> throw new IllegalArgumentException("there is no axis " + axis);
        };
    }

    /**
     * The homography that takes four points to four others.
     *
     * @param from x and y of each point, as {@code to}
     * @throws IllegalArgumentException if three of the points lie on one line
     */
    static Matrix3 mapping(double[][] from, double[][] to) {
        Matrix3 homography = spannedBy(to).times(spannedBy(from).inverse());
        return homography.scaled(1 / homography.rows[8]);
    }

    /** The matrix that takes the unit vectors to the first three points and (1, 1, 1) to the fourth, up to factors. */
    private static Matrix3 spannedBy(double[][] points) {
        var basis = new Matrix3(
                points[0][0], points[1][0], points[2][0], points[0][1], points[1][1], points[2][1], 1, 1, 1);
        double[] factors = basis.inverse().times(points[3][0], points[3][1], 1);
        return basis.times(new Matrix3(factors[0], 0, 0, 0, factors[1], 0, 0, 0, factors[2]));
    }

    /** This matrix after another: {@code this · first}. */
    public Matrix3 times(Matrix3 first) {
        double[] product = new double[9];
        for (int i = 0; i < 9; i++) {
            int row = i / 3 * 3;
            int column = i % 3;
            product[i] = rows[row] * first.rows[column]
                    + rows[row + 1] * first.rows[column + 3]
                    + rows[row + 2] * first.rows[column + 6];
        }
        return new Matrix3(product);
    }

    double[] times(double x, double y, double z) {
        return new double[] {
            rows[0] * x + rows[1] * y + rows[2] * z,
            rows[3] * x + rows[4] * y + rows[5] * z,
            rows[6] * x + rows[7] * y + rows[8] * z
        };
    }

    private Matrix3 scaled(double factor) {
        double[] scaled = new double[9];
        for (int i = 0; i < 9; i++) {
            scaled[i] = rows[i] * factor;
        }
        return new Matrix3(scaled);
    }

    /**
     * The matrix that undoes this one.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Matrix3 inverse() {
        double[] adjugate = new double[9];
        for (int i = 0; i < 9; i++) {
            int row = i % 3; // of what is left out: transposed
            int column = i / 3;
            adjugate[i] = at(row + 1, column + 1) * at(row + 2, column + 2)
                    - at(row + 1, column + 2) * at(row + 2, column + 1);
        }
        double determinant = rows[0] * adjugate[0] + rows[1] * adjugate[3] + rows[2] * adjugate[6];
        if (!(Math.abs(determinant) > SINGULAR)) {
            throw new IllegalArgumentException(
                    "the picture would shrink to a line or a point: determinant " + determinant);
        }
        return new Matrix3(adjugate).scaled(1 / determinant);
    }

    /** The number in a row and a column, both counted round. */
    private double at(int row, int column) {
        return rows[row % 3 * 3 + column % 3];
    }

    /** Copies the 9 numbers, row after row. */
    public double[] values() {
        return rows.clone();
    }
}
