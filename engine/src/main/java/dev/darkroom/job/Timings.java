package dev.darkroom.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long the parts of a job took, in order. Not for use by several threads at once. */
public final class Timings {
    private final Map<String, Long> milliseconds = new LinkedHashMap<>();
    private long last = System.nanoTime();

    /** The time since the last lap, or since the beginning, belongs to this part; times of the same part add up. */
    public void lap(String part) {
        long now = System.nanoTime();
        milliseconds.merge(part, (now - last) / 1_000_000, Long::sum);
        last = now;
    }

    /** Takes over the parts that were measured elsewhere since the last lap. */
    public void add(Timings parts) {
        parts.milliseconds.forEach((part, time) -> milliseconds.merge(part, time, Long::sum));
        last = System.nanoTime();
    }

    /** Part → milliseconds. */
    public Map<String, Long> milliseconds() {
        return Collections.unmodifiableMap(milliseconds);
    }

    /** The time in all parts so far, in milliseconds. */
    public long total() {
        return milliseconds.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
        return milliseconds.toString();
    }
}
