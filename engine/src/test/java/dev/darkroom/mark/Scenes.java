package dev.darkroom.mark;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Random;

/** Pictures that are computed: what photographs are made of, each alone, and the plain ones that give a mark the least to hide in. */
public final class Scenes {
    /** Kinds of {@link #scene}. */
    public static final int KINDS = 8;

    private Scenes() {}

    /** One colour. */
    public static Picture flat(Size size, int red, int green, int blue) {
        Picture picture = Picture.black(size);
        for (int i = 0; i < picture.rgb().length; i += 3) {
            picture.rgb()[i] = (byte) red;
            picture.rgb()[i + 1] = (byte) green;
            picture.rgb()[i + 2] = (byte) blue;
        }
        return picture;
    }

    /** A picture of a kind: sky, clouds, grass, dusk, waves, discs, stripes of shade, film. */
    public static Picture scene(int kind, Size size, long seed) {
        var random = new Random(seed);
        double phase = random.nextDouble() * 6;
        double[][] clouds = clouds(size, random);
        Picture picture = Picture.black(size);
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                double across = (double) x / size.width();
                double down = (double) y / size.height();
                double cloud = clouds[y][x];
                double noise = random.nextGaussian();
                double level = switch (kind % KINDS) {
                    case 0 -> 150 + 60 * down;
                    case 1 -> 130 + 60 * cloud;
                    case 2 -> 90 + 22 * noise + 25 * cloud;
                    case 3 -> 18 + 30 * down + 6 * cloud;
                    case 4 -> 120 + 40 * Math.sin(x * 0.16 + y * 0.05 + phase) + 15 * cloud;
                    case 5 -> (Math.hypot(x % 48 - 24, y % 48 - 24) < 17 ? 190 : 70) + 12 * cloud + 2 * noise;
                    case 6 -> 60 + 120 * Math.abs(Math.sin(across * 9 + phase)) + 3 * noise;
                    default -> 100 + 45 * cloud + 7 * noise + 30 * across;
                };
                int at = 3 * (y * size.width() + x);
                picture.rgb()[at] = (byte) Math.clamp(Math.round(level * 1.05), 0, 255);
                picture.rgb()[at + 1] = (byte) Math.clamp(Math.round(level), 0, 255);
                picture.rgb()[at + 2] = (byte) Math.clamp(Math.round(level * 0.85 + 10 * cloud), 0, 255);
            }
        }
        return picture;
    }

    /** Sums of waves of random directions, the longer the stronger; about −1 to 1. */
    private static double[][] clouds(Size size, Random random) {
        double[][] sum = new double[size.height()][size.width()];
        for (int wave = 0; wave < 14; wave++) {
            double length = 12 * Math.pow(1.35, wave);
            double angle = random.nextDouble() * 2 * Math.PI;
            double start = random.nextDouble() * 2 * Math.PI;
            double strength = 0.12 * Math.pow(1.12, wave);
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    double along = x * Math.cos(angle) + y * Math.sin(angle);
                    sum[y][x] += strength * Math.sin(2 * Math.PI * along / length + start);
                }
            }
        }
        return sum;
    }
}
