package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** Finds where in a tile a picture's first pixel lies, by the known frequencies. */
final class Locator {
    /** Copies that are looked at together, from the first up to the second: what a file left of a mark may be low or high ones alone. */
    private static final int[][] PARTS = {{0, Layout.COPIES}, {0, 3}, {2, Layout.COPIES}};

    private static final double FINEST = 0.05;

    private final Layout layout = Layout.INSTANCE;
    private final float[] field;
    private final float[] deviations;

    /**
     * @param x pixels to the right of a tile's first column
     * @param y pixels below a tile's first row
     * @param score how far this place stands out of all places, in deviations
     */
    record Place(double x, double y, double score) {}

    /**
     * @param field frequencies of a picture's tiles
     * @param deviations of the frequencies of each copy
     */
    Locator(float[] field, float[] deviations) {
        this.field = field;
        this.deviations = deviations;
    }

    /** A locator for a field of which nothing but the known frequencies was looked up. */
    static Locator ofKnown(float[] field) {
        float[] deviations = new float[Layout.COPIES];
        int[] counts = new int[Layout.COPIES];
        for (var known : Layout.INSTANCE.known) {
            int at = known.index();
            deviations[known.copy()] += field[at] * field[at] + field[at + 1] * field[at + 1];
            counts[known.copy()] += 2;
        }
        for (int i = 0; i < deviations.length; i++) {
            deviations[i] = (float) Math.sqrt(deviations[i] / counts[i]) + Float.MIN_NORMAL;
        }
        return new Locator(field, deviations);
    }

    /** The place that stands out most. */
    Place best() {
        Place best = best(PARTS[0]);
        for (int i = 1; i < PARTS.length; i++) {
            Place other = best(PARTS[i]);
            if (other.score > best.score) {
                best = other;
            }
        }
        return best;
    }

    private Place best(int[] part) {
        float[] map = new float[2 * TILE * TILE];
        for (var known : layout.known) {
            if (known.copy() >= part[0] && known.copy() < part[1]) {
                int at = known.index();
                int mirrored = Layout.index(-known.x(), -known.y());
                float deviation = deviations[known.copy()];
                map[at] = (known.real() * field[at] + known.imaginary() * field[at + 1]) / deviation;
                map[at + 1] = (known.real() * field[at + 1] - known.imaginary() * field[at]) / deviation;
                map[mirrored] = map[at];
                map[mirrored + 1] = -map[at + 1];
            }
        }
        layout.spectrum.inverse(map);
        int most = 0;
        double squares = 0;
        for (int i = 0; i < TILE * TILE; i++) {
            squares += map[2 * i] * map[2 * i];
            if (map[2 * i] > map[2 * most]) {
                most = i;
            }
        }
        double score = map[2 * most] / Math.sqrt(squares / (TILE * TILE) + Float.MIN_NORMAL);
        return refined(-(most % TILE), -(most / TILE), score, part);
    }

    /** The place near another that agrees best. */
    Place near(double x, double y) {
        return refined(x, y, scoreAt(x, y), PARTS[0]);
    }

    private Place refined(double x, double y, double score, int[] part) {
        double first = agreement(x, y, part);
        double most = first;
        for (double step = 0.5; step > FINEST; step /= 2) {
            for (boolean moved = true; moved; ) {
                moved = false;
                for (int side = -1; side <= 1; side += 2) {
                    double right = agreement(x + side * step, y, part);
                    if (right > most) {
                        most = right;
                        x += side * step;
                        moved = true;
                    }
                    double down = agreement(x, y + side * step, part);
                    if (down > most) {
                        most = down;
                        y += side * step;
                        moved = true;
                    }
                }
            }
        }
        return new Place(x, y, first > 0 ? score * most / first : score);
    }

    /** How far the agreement with one place stands out, in deviations. */
    double scoreAt(double x, double y) {
        double most = 0;
        for (int[] part : PARTS) {
            long count = layout.known.stream()
                    .filter(known -> known.copy() >= part[0] && known.copy() < part[1])
                    .count();
            most = Math.max(most, agreement(x, y, part) / Math.sqrt(count));
        }
        return most;
    }

    private double agreement(double x, double y, int[] part) {
        double sum = 0;
        for (var known : layout.known) {
            if (known.copy() >= part[0] && known.copy() < part[1]) {
                sum += agreement(known, x, y);
            }
        }
        return sum;
    }

    /** How well one known frequency agrees with a place. */
    double agreement(Layout.Known known, double x, double y) {
        int at = known.index();
        double angle = -2 * Math.PI * (known.x() * x + known.y() * y) / TILE;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double real = field[at] * cos - field[at + 1] * sin;
        double imaginary = field[at] * sin + field[at + 1] * cos;
        return (known.real() * real + known.imaginary() * imaginary) / deviations[known.copy()];
    }
}
