package dev.darkroom.gpu;

import java.util.Arrays;

/** Times of something that waits for its device, in milliseconds, after a warm-up. */
record Timed(double least, double median) {
    static Timed of(int warmUps, int repetitions, Runnable work) {
        for (int i = 0; i < warmUps; i++) {
            work.run();
        }
        double[] times = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(times);
        return new Timed(times[0], times[repetitions / 2]);
    }
}
