package dev.darkroom.bench;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Random;

/** Computed pictures that are hard on marks: regular ones, ones of two colours, noise, pages of lines on white, and nearly dark ones. */
final class MarkPatterns {
    /** Kinds of {@link #pattern}. */
    static final int KINDS = 10;

    private MarkPatterns() {}

    /** A pattern of a kind; the seed moves it and changes its scale. */
    static Picture pattern(int kind, Size size, int seed) {
        var random = new Random(seed);
        double turn = random.nextDouble();
        Picture picture = Picture.black(size);
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                double level = level(kind, x, y, size, turn, random);
                int at = 3 * (y * size.width() + x);
                picture.rgb()[at] = (byte) Math.clamp(Math.round(level), 0, 255);
                picture.rgb()[at + 1] = (byte) Math.clamp(Math.round(level * 0.97), 0, 255);
                picture.rgb()[at + 2] = (byte) Math.clamp(Math.round(level * 0.92), 0, 255);
            }
        }
        return picture;
    }

    private static double level(int kind, int x, int y, Size size, double turn, Random random) {
        double across = (double) x / size.width();
        double down = (double) y / size.height();
        int square = 12 + (int) (9 * turn);
        return switch (kind) {
            case 0 -> 255 * (turn < 0.5 ? across : 1 - down);
            case 1 -> (x / square + y / square) % 2 == 0 ? 60 : 200;
            case 2 -> 128 + 40 * random.nextGaussian();
            case 3 -> 128 + 90 * Math.sin(x * (0.2 + 0.2 * turn)) * Math.sin(y * 0.21);
            case 4 -> 128 + 60 * Math.sin(Math.hypot(x - size.width() / 3.0, y - size.height() / 3.0) * (0.3 + turn));
            case 5 -> (y * 0.5 + x * (0.2 + turn)) % 60 < 3 ? 20 : 235;
            case 6 -> 12 + 60 * Math.exp(-12 * (Math.pow(across - turn, 2) + Math.pow(down - 0.5, 2)));
            case 7 -> page(x, y, turn);
            case 8 -> 30 + 8 * random.nextGaussian();
            default -> 235 - 60 * Math.hypot(across - turn, down - turn);
        };
    }

    /** Something like lines of writing on a white page, with a grey box. */
    private static double page(int x, int y, double turn) {
        if (x % 256 > 150 && y % 256 > 140) {
            return 150 + 60 * Math.sin(x * 0.11 + y * 0.07 + turn);
        }
        boolean line = y % 14 < 7 && y % 256 > 20 && x % 256 > 16 && x % 256 < 240;
        int stroke = (int) (x * 7919L + y / 14 * 104_729L) / 3 % 5;
        return line && stroke < 2 ? 30 : 252;
    }
}
