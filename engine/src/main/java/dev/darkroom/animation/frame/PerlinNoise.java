package dev.darkroom.animation.frame;

import java.util.List;

/**
 * Smooth noise: gradients of random directions on a lattice, interpolated between its points, in octaves that are twice as fine each.
 *
 * <p>Source: Perlin, Improving Noise, SIGGRAPH 2002. Sums are in float32, as the reference's.
 *
 * @param rows of cells in the first octave
 * @param columns of cells in the first octave
 * @param persistence by which each octave is weaker than the one before it
 */
public record PerlinNoise(int rows, int columns, int octaves, double persistence) {
    /** Shapes of the uniform numbers in 0…1 that {@link #field} takes. */
    public long[][] lattices() {
        long[][] shapes = new long[octaves][];
        for (int octave = 0; octave < octaves; octave++) {
            shapes[octave] = new long[] {((long) rows << octave) + 1, ((long) columns << octave) + 1};
        }
        return shapes;
    }

    /** Sums the octaves; about −1…1, row after row. */
    public float[] field(int height, int width, List<float[]> uniform) {
        float[] field = new float[height * width];
        float weight = 1;
        for (int octave = 0; octave < octaves; octave++) {
            add(field, height, width, rows << octave, columns << octave, uniform.get(octave), weight);
            weight *= (float) persistence;
        }
        return field;
    }

    private static void add(
            float[] field, int height, int width, int rows, int columns, float[] uniform, float weight) {
        float[] cos = new float[uniform.length];
        float[] sin = new float[uniform.length];
        for (int i = 0; i < uniform.length; i++) {
            float angle = (float) (2 * Math.PI) * uniform[i];
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        Cells across = Cells.of(width, columns);
        Cells down = Cells.of(height, rows);
        for (int y = 0; y < height; y++) {
            float dy = down.place[y];
            float fadeY = down.fade[y];
            for (int x = 0; x < width; x++) {
                float dx = across.place[x];
                int first = down.cell[y] * (columns + 1) + across.cell[x];
                int below = first + columns + 1;
                float left = lerp(dy * cos[first] + dx * sin[first], (dy - 1) * cos[below] + dx * sin[below], fadeY);
                float right = lerp(
                        dy * cos[first + 1] + (dx - 1) * sin[first + 1],
                        (dy - 1) * cos[below + 1] + (dx - 1) * sin[below + 1],
                        fadeY);
                field[y * width + x] += (float) Math.sqrt(2) * lerp(left, right, across.fade[x]) * weight;
            }
        }
    }

    /** Where the pixels of a side lie: in which cell, at which place in it, 0…1, and how far faded. */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    private record Cells(int[] cell, float[] place, float[] fade) {
        static Cells of(int pixels, int count) {
            var cells = new Cells(new int[pixels], new float[pixels], new float[pixels]);
            for (int i = 0; i < pixels; i++) {
                double at = i * (double) count / pixels;
                cells.cell[i] = (int) at;
                cells.place[i] = (float) (at - cells.cell[i]);
                cells.fade[i] = PerlinNoise.fade(cells.place[i]);
            }
            return cells;
        }
    }

    private static float lerp(float from, float to, float part) {
        return from + part * (to - from);
    }

    private static float fade(float part) {
        return part * part * part * (part * (part * 6 - 15) + 10);
    }
}
