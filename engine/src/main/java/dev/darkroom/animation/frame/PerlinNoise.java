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
        for (int y = 0; y < height; y++) {
            double line = y * (double) rows / height;
            int row = (int) line;
            float down = (float) (line - row);
            for (int x = 0; x < width; x++) {
                double place = x * (double) columns / width;
                int column = (int) place;
                float across = (float) (place - column);
                int first = row * (columns + 1) + column;
                int below = first + columns + 1;
                float left = lerp(
                        down * cos[first] + across * sin[first],
                        (down - 1) * cos[below] + across * sin[below],
                        fade(down));
                float right = lerp(
                        down * cos[first + 1] + (across - 1) * sin[first + 1],
                        (down - 1) * cos[below + 1] + (across - 1) * sin[below + 1],
                        fade(down));
                field[y * width + x] += (float) Math.sqrt(2) * lerp(left, right, fade(across)) * weight;
            }
        }
    }

    private static float lerp(float from, float to, float part) {
        return from + part * (to - from);
    }

    private static float fade(float part) {
        return part * part * part * (part * (part * 6 - 15) + 10);
    }
}
