package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

/** Hears the bits of a word in the frequencies of a picture's tiles. */
final class Demodulator {
    /** What a copy of which nothing is heard still counts. */
    private static final double LEAST = 0.05;

    private final Layout layout = Layout.INSTANCE;
    private final float[] field;
    private final float[] deviations;
    private final Locator locator;

    /** @param field tiles laid over each other; becomes their frequencies */
    Demodulator(float[] field) {
        this.field = field;
        layout.spectrum.forward(field);
        deviations = Limits.all(field);
        locator = new Locator(field, deviations);
    }

    Locator locator() {
        return locator;
    }

    /** For each bit how much likelier it is 0 than 1, in a measure of its own. */
    float[] likelihoods(Locator.Place place) {
        double[] gains = gains(place);
        float[] likelihoods = new float[MarkCode.WORD];
        for (var carrier : layout.carriers) {
            int at = carrier.index();
            double angle = -2 * Math.PI * (carrier.x() * place.x() + carrier.y() * place.y()) / TILE;
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            double value =
                    carrier.imaginary() ? field[at] * sin + field[at + 1] * cos : field[at] * cos - field[at + 1] * sin;
            double weight = Math.max(LEAST, gains[carrier.copy()]) / deviations[carrier.copy()];
            likelihoods[carrier.bit()] += (float) (carrier.sign() * value * weight);
        }
        return likelihoods;
    }

    /** How well each copy is heard, by its known frequencies; each copy's neighbours have a say in it. */
    private double[] gains(Locator.Place place) {
        double[] heard = new double[Layout.COPIES];
        int[] counts = new int[Layout.COPIES];
        for (var known : layout.known) {
            heard[known.copy()] += locator.agreement(known, place.x(), place.y());
            counts[known.copy()]++;
        }
        for (int i = 0; i < heard.length; i++) {
            heard[i] /= counts[i];
        }
        double[] gains = new double[heard.length];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = (heard[Math.max(0, i - 1)] + 2 * heard[i] + heard[Math.min(heard.length - 1, i + 1)]) / 4;
        }
        return gains;
    }
}
