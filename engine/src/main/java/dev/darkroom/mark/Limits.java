package dev.darkroom.mark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Limits single frequencies that stand out, such as a checkerboard's, so that they do not drown out all others. Frequencies are taken with
 * those of their own copy, for all of a copy are of one height.
 */
final class Limits {
    /** Deviations that a frequency may have at most. */
    private static final double MOST = 3;

    /** The median of the magnitudes of complex normal numbers, in deviations of their parts. */
    private static final double MEDIAN = Math.sqrt(2 * Math.log(2));

    private static final Limits KNOWN = new Limits(false);
    private static final Limits ALL = new Limits(true);

    private final List<int[]> copies = new ArrayList<>();

    private Limits(boolean all) {
        Layout layout = Layout.INSTANCE;
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            var places = new TreeSet<Integer>();
            int wanted = copy;
            layout.known.stream().filter(one -> one.copy() == wanted).forEach(one -> places.add(one.index()));
            if (all) {
                layout.carriers.stream().filter(one -> one.copy() == wanted).forEach(one -> places.add(one.index()));
            }
            copies.add(places.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** Limits the known frequencies of a field in place; gives the deviations of each copy's parts that are left. */
    static float[] known(float[] field) {
        return KNOWN.limit(field);
    }

    /** Limits all frequencies of a field that carry something, in place; gives the deviations of each copy's parts that are left. */
    static float[] all(float[] field) {
        return ALL.limit(field);
    }

    private float[] limit(float[] field) {
        float[] deviations = new float[Layout.COPIES];
        for (int copy = 0; copy < deviations.length; copy++) {
            deviations[copy] = limit(field, copies.get(copy));
        }
        return deviations;
    }

    private static float limit(float[] field, int[] places) {
        List<Double> magnitudes = new ArrayList<>(places.length);
        for (int at : places) {
            magnitudes.add(Math.hypot(field[at], field[at + 1]));
        }
        List<Double> sorted = new ArrayList<>(magnitudes);
        Collections.sort(sorted);
        double most = MOST * sorted.get(sorted.size() / 2) / MEDIAN + Float.MIN_NORMAL;
        double squares = 0;
        for (int i = 0; i < places.length; i++) {
            double magnitude = magnitudes.get(i);
            if (magnitude > most) {
                field[places[i]] *= (float) (most / magnitude);
                field[places[i] + 1] *= (float) (most / magnitude);
                magnitude = most;
            }
            squares += magnitude * magnitude;
        }
        return (float) Math.sqrt(squares / (2 * places.length)) + Float.MIN_NORMAL;
    }
}
