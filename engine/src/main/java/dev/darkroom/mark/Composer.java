package dev.darkroom.mark;

import java.util.Arrays;

/**
 * Finds the tile for one picture: the picture's own structure speaks for some bits and against others, so each gets as much strength as it
 * takes for all to be heard alike.
 */
final class Composer {
    /** Rounds after which strengths have settled. */
    private static final int ROUNDS = 2;

    private static final double LEAST = 0.3;

    /** By how many deviations the known frequencies are to stand out, and how strong they may become for that. */
    private static final double KNOWN_SCORE = 8;

    private static final double KNOWN_MOST = 4;

    private final Modulator modulator;
    private final Budget budget;
    private final Shape shape;
    private final float[] gain;
    private final double[] hostBits;
    private final double[] amplitudes;
    private double hostKnown;
    private double noise;
    private double known = 1;

    Composer(Modulator modulator, Budget budget, Shape shape, float[] gain, float[] host) {
        this.modulator = modulator;
        this.budget = budget;
        this.shape = shape;
        this.gain = gain;
        hostBits = modulator.bits(host);
        amplitudes = new double[hostBits.length];
        Arrays.fill(amplitudes, 1);
        hostKnown = modulator.known(host);
        noise = modulator.knownNoise(host);
    }

    float[] tile() {
        for (int round = 0; ; round++) {
            float[] tile = modulator.tile(amplitudes, known);
            Modulator.scale(tile, budget.strength(tile, shape));
            if (round == ROUNDS) {
                return tile;
            }
            float[] heard = modulator.heard(tile, gain);
            balance(modulator.bits(heard));
            double own = modulator.known(heard);
            known = Math.clamp(known * (1 + (KNOWN_SCORE * noise - hostKnown - own) / own), 1, KNOWN_MOST);
        }
    }

    /** Gives to bits that are heard less than the mean, and takes from those that are heard more. */
    private void balance(double[] own) {
        double mean = 0;
        double unit = 0;
        for (int i = 0; i < own.length; i++) {
            mean += modulator.sign(i) * (hostBits[i] + own[i]) / own.length;
            unit += modulator.sign(i) * own[i] / amplitudes[i] / own.length;
        }
        double squares = 0;
        for (int i = 0; i < own.length; i++) {
            double lacking = mean - modulator.sign(i) * (hostBits[i] + own[i]);
            amplitudes[i] = Math.max(LEAST, amplitudes[i] + lacking / unit);
            squares += amplitudes[i] * amplitudes[i] / own.length;
        }
        for (int i = 0; i < own.length; i++) {
            amplitudes[i] /= Math.sqrt(squares);
        }
    }

    /** Takes as the picture's own all that is heard of the marked picture and is not of its tile. */
    void learn(float[] marked, float[] tile) {
        float[] heard = modulator.heard(tile, gain);
        double[] seen = modulator.bits(marked);
        double[] own = modulator.bits(heard);
        for (int i = 0; i < own.length; i++) {
            hostBits[i] = seen[i] - own[i];
        }
        hostKnown = modulator.known(marked) - modulator.known(heard);
        noise = modulator.knownNoise(marked);
    }
}
