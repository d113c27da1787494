package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** The spectrum of a part of a picture, in which frequencies between those of a tile can be looked up. */
final class WindowSpectrum {
    private final int side;
    private final float[] field;

    WindowSpectrum(Texture texture) {
        // as many zeros as pixels: so what lies between two frequencies follows from them
        side = 2 * Integer.highestOneBit(2 * Math.max(texture.width(), texture.height()) - 1);
        field = new float[2 * side * side];
        Cells weight = texture.weight(texture.room());
        float[] row = new float[texture.width()];
        float[] between = weight.between();
        float[] detail = texture.detail().values();
        for (int y = 0; y < texture.height(); y++) {
            weight.row(y, between, row, row.length);
            int to = 2 * side * Math.floorMod(y - texture.height() / 2, side);
            for (int x = 0; x < row.length; x++) {
                field[to + 2 * Math.floorMod(x - row.length / 2, side)] = detail[y * row.length + x] * row[x];
            }
        }
        new Spectrum(side).forward(field);
    }

    /** The known frequencies of tiles that are {@code scale} times as large, as of a tile whose first pixel is in the window's middle. */
    float[] at(double scale) {
        float[] tile = new float[2 * TILE * TILE];
        double step = side / (TILE * scale);
        for (var known : Layout.INSTANCE.known) {
            double x = known.x() * step;
            double y = known.y() * step;
            int left = (int) Math.floor(x);
            int top = (int) Math.floor(y);
            for (int part = 0; part < 2; part++) {
                float upper = between(left, top, x - left, part);
                float lower = between(left, top + 1, x - left, part);
                tile[known.index() + part] = (float) (upper + (lower - upper) * (y - top));
            }
        }
        return tile;
    }

    private float between(int x, int y, double share, int part) {
        int row = Math.floorMod(y, side) * side;
        float left = field[2 * (row + Math.floorMod(x, side)) + part];
        float right = field[2 * (row + Math.floorMod(x + 1, side)) + part];
        return (float) (left + (right - left) * share);
    }
}
