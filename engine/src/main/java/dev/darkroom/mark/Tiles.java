package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** All tiles of a picture laid over each other. */
final class Tiles {
    private static final int CELLS = TILE / Cells.SIDE;

    private Tiles() {}

    /** The sum of the tiles' details as they count, as a complex field. */
    static float[] folded(Texture texture) {
        return folded(texture, texture.weight(texture.room()));
    }

    static float[] folded(Texture texture, Cells weight) {
        int width = texture.width();
        int height = texture.height();
        float[] sums = new float[TILE * TILE];
        Rows.each(TILE * (1 + width / TILE) * (1 + height / TILE), Math.min(TILE, height), (from, to) -> {
            float[] row = new float[width];
            float[] between = weight.between();
            for (int tileRow = from; tileRow < to; tileRow++) {
                for (int y = tileRow; y < height; y += TILE) {
                    weight.row(y, between, row, width);
                    add(texture.detail().values(), y * width, row, sums, tileRow * TILE);
                }
            }
        });
        float[] field = new float[2 * TILE * TILE];
        for (int i = 0; i < sums.length; i++) {
            field[2 * i] = sums[i];
        }
        return field;
    }

    private static void add(float[] values, int from, float[] weights, float[] sums, int to) {
        for (int left = 0; left < weights.length; left += TILE) {
            int count = Math.min(TILE, weights.length - left);
            for (int x = 0; x < count; x++) {
                sums[to + x] += values[from + left + x] * weights[left + x];
            }
        }
    }

    /** The sum of cells over all tiles, for each pixel of a tile. */
    static float[] folded(Cells cells) {
        float[] sums = new float[CELLS * CELLS];
        for (int y = 0; y < cells.rows(); y++) {
            for (int x = 0; x < cells.columns(); x++) {
                sums[y % CELLS * CELLS + x % CELLS] += cells.values()[y * cells.columns() + x];
            }
        }
        float[] tile = new float[TILE * TILE];
        for (int y = 0; y < TILE; y++) {
            for (int x = 0; x < TILE; x++) {
                tile[y * TILE + x] = sums[y / Cells.SIDE * CELLS + x / Cells.SIDE];
            }
        }
        return tile;
    }
}
