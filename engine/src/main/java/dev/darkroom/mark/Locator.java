package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** Finds where in a tile a picture's first pixel lies, by the known frequencies. */
final class Locator {
    /** Copies below this one are low. What a change left of a mark may be the low copies alone, or the high ones. */
    private static final int HIGH = 3;

    private static final double FINEST = 0.05;

    private final Layout layout = Layout.INSTANCE;
    private final float[] field;
    private final float[] deviations;

    /**
     * @param x pixels to the right of a tile's first column
     * @param y pixels below a tile's first row
     * @param score how far this place stands out, in deviations
     */
    record Place(double x, double y, double score, int part) {}

    /** What low and high copies say. */
    private record Parts(double low, double high) {
        double all() {
            return low + high;
        }
    }

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
        return new Locator(field, Limits.known(field));
    }

    /** The place that stands out most. */
    Place best() {
        float[] map = map();
        int[] most = new int[3];
        double[] peaks = new double[3];
        double[] squares = new double[3];
        for (int i = 0; i < TILE * TILE; i++) {
            float low = map[2 * i];
            float high = map[2 * i + 1];
            note(0, i, low + high, most, peaks, squares);
            note(1, i, low, most, peaks, squares);
            note(2, i, high, most, peaks, squares);
        }
        int best = 0;
        for (int part = 0; part < peaks.length; part++) {
            peaks[part] /= Math.sqrt(squares[part] / (TILE * TILE)) + Float.MIN_NORMAL;
            if (peaks[part] > peaks[best]) {
                best = part;
            }
        }
        return new Place(-(most[best] % TILE), -(most[best] / TILE), peaks[best], best);
    }

    private static void note(int part, int at, float value, int[] most, double[] peaks, double[] squares) {
        squares[part] += value * value;
        if (value > peaks[part]) {
            peaks[part] = value;
            most[part] = at;
        }
    }

    /** For each place how well the known frequencies agree with it: the low copies as real, the high ones as imaginary parts. */
    private float[] map() {
        float[] map = new float[2 * TILE * TILE];
        for (var known : layout.known) {
            int at = known.index();
            float deviation = deviations[known.copy()];
            float real = (known.real() * field[at] + known.imaginary() * field[at + 1]) / deviation;
            float imaginary = (known.real() * field[at + 1] - known.imaginary() * field[at]) / deviation;
            int mirrored = Layout.index(-known.x(), -known.y());
            if (known.copy() < HIGH) {
                map[at] = real;
                map[at + 1] = imaginary;
                map[mirrored] = real;
                map[mirrored + 1] = -imaginary;
            } else {
                map[at] = -imaginary;
                map[at + 1] = real;
                map[mirrored] = imaginary;
                map[mirrored + 1] = real;
            }
        }
        layout.spectrum.inverse(map);
        return map;
    }

    /** A place that is thought of, and how far it stands out. */
    Place at(double x, double y) {
        return new Place(x, y, scoreAt(x, y), 0);
    }

    /** The place near another that agrees best, between pixels. */
    Place refined(Place place) {
        double x = place.x;
        double y = place.y;
        int part = place.part;
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
        return new Place(x, y, first > 0 ? place.score * most / first : place.score, part);
    }

    private double agreement(double x, double y, int part) {
        Parts parts = agreement(x, y);
        return part == 0 ? parts.all() : part == 1 ? parts.low : parts.high;
    }

    /** How far the agreement with one place stands out, in deviations. */
    double scoreAt(double x, double y) {
        Parts parts = agreement(x, y);
        double low = layout.known.stream().filter(known -> known.copy() < HIGH).count();
        double high = layout.known.size() - low;
        return Math.max(
                parts.all() / Math.sqrt(low + high),
                Math.max(parts.low / Math.sqrt(low), parts.high / Math.sqrt(high)));
    }

    private Parts agreement(double x, double y) {
        double low = 0;
        double high = 0;
        for (var known : layout.known) {
            double agreement = agreement(known, x, y);
            if (known.copy() < HIGH) {
                low += agreement;
            } else {
                high += agreement;
            }
        }
        return new Parts(low, high);
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
