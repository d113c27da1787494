package dev.darkroom.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Durations of the parts of a job, in order. Not for use by several threads at once. */
public final class Timings {
    private final Map<String, Long> milliseconds = new LinkedHashMap<>();
    private long last = System.nanoTime();

    /** Adds the time since the last lap, or since the beginning, to a part of the job. */
    public void lap(String part) {
        long now = System.nanoTime();
        milliseconds.merge(part, (now - last) / 1_000_000, Long::sum);
        last = now;
    }

    /** Adds parts that were measured elsewhere since the last lap. */
    public void add(Timings parts) {
        parts.milliseconds.forEach((part, time) -> milliseconds.merge(part, time, Long::sum));
        last = System.nanoTime();
    }

    /** Returns one of equal parts of these durations, which add up to them; what follows in it is its own. */
    public Timings part(int index, int count) {
        var part = new Timings();
        milliseconds.forEach(
                (name, time) -> part.milliseconds.put(name, time * (index + 1) / count - time * index / count));
        return part;
    }

    /** Durations so far: part → milliseconds. */
    public Map<String, Long> milliseconds() {
        return Collections.unmodifiableMap(milliseconds);
    }

    /** Sum of all parts so far, in milliseconds. */
    public long total() {
        return milliseconds.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
        return milliseconds.toString();
    }
}
