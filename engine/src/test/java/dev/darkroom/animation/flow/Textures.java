package dev.darkroom.animation.flow;

import dev.darkroom.job.Picture;
import java.util.Random;

/** Pictures of waves of many lengths, which can be shifted by parts of pixels and have no edge to run out of. */
public final class Textures {
    private static final int WAVES = 24;
    private static final double SHORTEST = 8;

    private Textures() {}

    /** A texture, and the same one after a motion: {@code place} says where on it a pixel lies. */
    public static Picture of(int width, int height, Place place) {
        var random = new Random(5);
        double[][] waves = new double[WAVES][];
        for (int i = 0; i < WAVES; i++) {
            double length = SHORTEST * Math.pow(10, random.nextDouble());
            double angle = 2 * Math.PI * random.nextDouble();
            waves[i] = new double[] {
                2 * Math.PI * Math.cos(angle) / length,
                2 * Math.PI * Math.sin(angle) / length,
                2 * Math.PI * random.nextDouble(),
                Math.sqrt(length)
            };
        }
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                double[] on = place.of(x, y);
                double red = 0;
                double blue = 0;
                for (int i = 0; i < WAVES; i++) {
                    double level = waves[i][3] * Math.cos(waves[i][0] * on[0] + waves[i][1] * on[1] + waves[i][2]);
                    red += level;
                    blue += i % 2 == 0 ? level : -level;
                }
                rgb[at] = level(red);
                rgb[at + 1] = level(0.7 * red + 0.3 * blue);
                rgb[at + 2] = level(blue);
            }
        }
        return new Picture(width, height, rgb);
    }

    /** A texture that lies so many pixels to the right and down. */
    public static Picture shifted(int width, int height, double right, double down) {
        return of(width, height, (x, y) -> new double[] {x - right, y - down});
    }

    private static byte level(double sum) {
        return (byte) Math.rint(Math.clamp(128 + 2.8 * sum, 0, 255));
    }

    /** Where a pixel lies on the texture. */
    public interface Place {
        double[] of(int x, int y);
    }
}
