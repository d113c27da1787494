package dev.darkroom.mark;

/**
 * Values of a picture that change slowly: one for each square of 4×4 pixels, and what lies between for each pixel.
 *
 * @param columns squares in a row; those at the right and lower edge may reach beyond the picture
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Cells(int columns, int rows, float[] values) {
    /** Pixels of a square's side. */
    static final int SIDE = 4;

    static Cells of(int width, int height) {
        int columns = (width + SIDE - 1) / SIDE;
        int rows = (height + SIDE - 1) / SIDE;
        return new Cells(columns, rows, new float[columns * rows]);
    }

    /** These cells, each with its neighbours: 1, 2, 1 in both directions. */
    Cells smoothed() {
        float[] across = new float[values.length];
        for (int y = 0; y < rows; y++) {
            int row = y * columns;
            for (int x = 0; x < columns; x++) {
                float left = values[row + Math.max(0, x - 1)];
                float right = values[row + Math.min(columns - 1, x + 1)];
                across[row + x] = (left + 2 * values[row + x] + right) / 4;
            }
        }
        float[] result = new float[values.length];
        for (int y = 0; y < rows; y++) {
            int row = y * columns;
            int above = Math.max(0, y - 1) * columns;
            int below = Math.min(rows - 1, y + 1) * columns;
            for (int x = 0; x < columns; x++) {
                result[row + x] = (across[above + x] + 2 * across[row + x] + across[below + x]) / 4;
            }
        }
        return new Cells(columns, rows, result);
    }

    /** Writes the values of a row of pixels; {@code between} is room for a row of cells and one more on each side. */
    void row(int y, float[] between, float[] to, int width) {
        int doubled = 2 * y + 1 - SIDE;
        int upper = Math.floorDiv(doubled, 2 * SIDE);
        float share = (doubled - upper * 2 * SIDE) / (2f * SIDE);
        int from = Math.max(0, upper) * columns;
        int next = Math.min(rows - 1, upper + 1) * columns;
        for (int x = 0; x < columns; x++) {
            between[x + 1] = values[from + x] + share * (values[next + x] - values[from + x]);
        }
        between[0] = between[1];
        between[columns + 1] = between[columns];
        int x = 0;
        for (int cell = 0; x < width; cell++) {
            // half of a square before its middle, and half of it after
            float here = between[cell + 1];
            float down = (here - between[cell]) / 8;
            float up = (between[cell + 2] - here) / 8;
            for (int i = 0; i < SIDE && x < width; i++, x++) {
                int eighths = 2 * i + 1 - SIDE;
                to[x] = here + eighths * (eighths < 0 ? down : up);
            }
        }
    }

    /** Room for {@link #row}. */
    float[] between() {
        return new float[columns + 2];
    }
}
