package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** Makes tiles of words, and tells what a reader would hear of a tile. */
final class Modulator {
    private static final int REACH = 2;

    private final Layout layout;
    private final Shape shape;
    private final boolean[] word;
    private final double[] weights;

    /** @param host frequencies of the picture's own tiles, by whose strength the copies are weighed */
    Modulator(Layout layout, Shape shape, boolean[] word, float[] host) {
        this.layout = layout;
        this.shape = shape;
        this.word = word;
        this.weights = weights(host);
    }

    private double[] weights(float[] host) {
        double[] squares = new double[Layout.COPIES];
        for (var carrier : layout.carriers) {
            squares[carrier.copy()] += carrier.value(host) * carrier.value(host);
        }
        double[] result = new double[Layout.COPIES];
        for (int i = 0; i < result.length; i++) {
            result[i] = shape.copies()[i] / Math.max(1e-3, squares[i]);
        }
        return result;
    }

    /**
     * A tile with 1 as the mean of its squares.
     *
     * @param amplitudes of the word's bits
     * @param known amplitude of the known frequencies, over the mean of the bits'
     */
    float[] tile(double[] amplitudes, double known) {
        float[] field = new float[2 * TILE * TILE];
        double squares = 0;
        for (double amplitude : amplitudes) {
            squares += amplitude * amplitude / amplitudes.length;
        }
        for (var one : layout.known) {
            double part = Math.sqrt(2 * squares) * known * shape.copies()[one.copy()];
            add(field, one.x(), one.y(), part * one.real(), part * one.imaginary());
        }
        for (var carrier : layout.carriers) {
            double value =
                    carrier.sign() * sign(carrier.bit()) * amplitudes[carrier.bit()] * shape.copies()[carrier.copy()];
            add(field, carrier.x(), carrier.y(), carrier.imaginary() ? 0 : value, carrier.imaginary() ? value : 0);
        }
        layout.spectrum.inverse(field);
        float[] tile = new float[TILE * TILE];
        double sum = 0;
        for (int i = 0; i < tile.length; i++) {
            tile[i] = field[2 * i];
            sum += tile[i] * tile[i];
        }
        scale(tile, 1 / Math.sqrt(sum / tile.length));
        return tile;
    }

    static void scale(float[] tile, double by) {
        for (int i = 0; i < tile.length; i++) {
            tile[i] *= (float) by;
        }
    }

    private static void add(float[] field, int x, int y, double real, double imaginary) {
        int at = Layout.index(x, y);
        int mirrored = Layout.index(-x, -y);
        field[at] += (float) real;
        field[at + 1] += (float) imaginary;
        field[mirrored] += (float) real;
        field[mirrored + 1] -= (float) imaginary;
    }

    /** 1 for a bit that is 0, −1 for one that is 1. */
    int sign(int bit) {
        return word[bit] ? -1 : 1;
    }

    /** The frequencies that a reader finds of a tile alone; {@code gain} is how much of each place it finds. */
    float[] heard(float[] tile, float[] gain) {
        float[] low = turnedMeans(turnedMeans(tile));
        float[] field = new float[2 * tile.length];
        for (int i = 0; i < tile.length; i++) {
            field[2 * i] = gain[i] * (tile[i] - low[i]);
        }
        layout.spectrum.forward(field);
        return field;
    }

    /** Two means of five along the rows, as in {@link Plane#meansAcross}, but going round; rows and columns change places. */
    private static float[] turnedMeans(float[] tile) {
        float[] result = new float[tile.length];
        float[] once = new float[TILE];
        for (int y = 0; y < TILE; y++) {
            means(tile, y * TILE, 1, once, 0);
            means(once, 0, TILE, result, y);
        }
        return result;
    }

    private static void means(float[] from, int at, int step, float[] to, int first) {
        for (int x = 0; x < TILE; x++) {
            float sum = 0;
            for (int t = -REACH; t <= REACH; t++) {
                sum += from[at + (x + t & TILE - 1)];
            }
            to[first + x * step] = sum / (2 * REACH + 1);
        }
    }

    /** What a reader hears of each bit: above 0 where it takes it for a 0. */
    double[] bits(float[] field) {
        double[] bits = new double[word.length];
        for (var carrier : layout.carriers) {
            bits[carrier.bit()] += weights[carrier.copy()] * carrier.sign() * carrier.value(field);
        }
        return bits;
    }

    /** How well the known frequencies are heard at their place. */
    double known(float[] field) {
        double sum = 0;
        for (var known : layout.known) {
            sum += known.agreement(field);
        }
        return sum;
    }

    /** Deviation of what is heard of the known frequencies at any other place. */
    double knownNoise(float[] field) {
        double sum = 0;
        for (var known : layout.known) {
            int at = Layout.index(known.x(), known.y());
            sum += field[at] * field[at] + field[at + 1] * field[at + 1];
        }
        return Math.sqrt(sum / 2);
    }
}
