package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Range;
import dev.darkroom.job.Picture;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Noise that is added to a picture, so that the next one drawn from it has something to make details of. Drawn by PyTorch's CPU
 * generator: the numbers of a seed are the reference's.
 *
 * @param kind where the noise is stronger and where it is weaker
 * @param perlinWidth cells of the first octave; the reference counts rows by it
 * @param perlinHeight cells of the first octave; the reference counts columns by it
 * @param octaves of the Perlin noise
 * @param persistence by which each octave is weaker than the one before it
 */
public record FrameNoise(Kind kind, int perlinWidth, int perlinHeight, int octaves, double persistence) {
    private static final int MULTIPLE = 64;
    private static final int MOST_CELLS = 2048;

    /** How strong white noise is at a place. */
    public enum Kind {
        /** Everywhere the same. */
        UNIFORM,
        /** By a field of Perlin noise. */
        PERLIN
    }

    /** @throws IllegalArgumentException if a number is out of its range, with the name of its setting */
    public FrameNoise {
        Range.within("perlin_w", perlinWidth, 1, MOST_CELLS);
        Range.within("perlin_h", perlinHeight, 1, MOST_CELLS);
        Range.within("perlin_octaves", octaves, 1, 12);
        Range.within("perlin_persistence", persistence, 0, 10);
        int largest = Math.max(perlinWidth, perlinHeight) << (octaves - 1);
        if (largest > MOST_CELLS) {
            throw new IllegalArgumentException("perlin_octaves: must leave at most " + MOST_CELLS
                    + " cells a side in the last octave, not " + largest);
        }
    }

    /**
     * Mixes noise in.
     *
     * @param amount part of the noise, 0…1
     * @param seed of its numbers
     * @throws IllegalArgumentException if {@code amount} is out of its range
     */
    public Picture added(Picture picture, double amount, long seed) {
        Range.within("noise", amount, 0, 1);
        if (amount == 0) {
            return picture;
        }
        int height = Math.max(1, picture.height() / MULTIPLE) * MULTIPLE;
        int width = Math.max(1, picture.width() / MULTIPLE) * MULTIPLE;
        return mixed(picture, drawn(height, width, seed), height, width, amount);
    }

    /** Draws levels of noise, channel after channel, row after row. */
    private byte[] drawn(int height, int width, long seed) {
        long[] shape = {3, height, width};
        try (var scope = Scope.open("noise of a frame")) {
            if (kind == Kind.UNIFORM) {
                return levels(
                        Operators.randn(seed, DType.FLOAT32, shape).getFirst().toFloats(), new float[0]);
            }
            var perlin = new PerlinNoise(perlinWidth, perlinHeight, octaves, persistence);
            List<Tensor> drawn = Operators.randnRand(seed, shape, perlin.lattices());
            List<float[]> uniform = drawn.stream().skip(1).map(Tensor::toFloats).toList();
            return levels(drawn.getFirst().toFloats(), perlin.field(height, width, uniform));
        }
    }

    private static byte[] levels(float[] white, float[] field) {
        byte[] levels = new byte[white.length];
        for (int i = 0; i < levels.length; i++) {
            float strength = field.length == 0 ? 1 : (field[i % field.length] + 1) / 2;
            levels[i] = (byte) (int) (255 * Math.clamp(white[i] * strength / 2 + 0.5f, 0f, 1f));
        }
        return levels;
    }

    private static Picture mixed(Picture picture, byte[] noise, int height, int width, double amount) {
        byte[] levels = picture.rgb();
        byte[] out = new byte[levels.length];
        float kept = (float) (1 - amount);
        float part = (float) amount;
        LevelTable mixed =
                LevelTable.of((level, added) -> (int) Math.rint(Math.fma((float) level, kept, added * part)));
        int[] columns = IntStream.range(0, picture.width())
                .map(x -> (int) ((long) x * width / picture.width()))
                .toArray();
        int plane = height * width;
        int to = 0;
        for (int y = 0; y < picture.height(); y++) {
            int row = (int) ((long) y * height / picture.height()) * width;
            for (int column : columns) {
                int from = row + column;
                for (int channel = 0; channel < 3; channel++) {
                    out[to] = mixed.at(levels[to], noise[channel * plane + from]);
                    to++;
                }
            }
        }
        return new Picture(picture.width(), picture.height(), out);
    }
}
