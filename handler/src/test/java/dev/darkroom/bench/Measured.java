package dev.darkroom.bench;

import java.util.Arrays;
import java.util.Locale;

/** Times of one thing, repeated after a warm-up: the median counts, the spread is shown. */
record Measured(String what, double median, double least, double most, int repetitions) {
    /** Something that takes time and may fail. */
    @FunctionalInterface
    interface Timed {
        void run() throws Exception;
    }

    static Measured milliseconds(String what, int warmUps, int repetitions, Timed work) throws Exception {
        for (int i = 0; i < warmUps; i++) {
            work.run();
        }
        double[] times = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = (System.nanoTime() - start) / 1e6;
        }
        return of(what, times);
    }

    static Measured of(String what, double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return new Measured(what, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%-52s %10.2f ms   (%.2f … %.2f, median of %d)", what, median, least, most, repetitions);
    }
}
