package dev.darkroom.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** Decides what goes wrong, from when it is told to begin until it is told to end, and counts it. */
final class SoakFaults {
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean happening;

    /** True in so many of a thousand cases; then the caller does what it names. */
    synchronized boolean happens(int ofThousand, String what) {
        if (!happening || ThreadLocalRandom.current().nextInt(1000) >= ofThousand) {
            return false;
        }
        counts.merge(what, 1, Integer::sum);
        return true;
    }

    /** From now on things go wrong. */
    synchronized void begin() {
        happening = true;
    }

    /** From now on everything works. */
    synchronized void end() {
        happening = false;
    }

    synchronized Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }
}
