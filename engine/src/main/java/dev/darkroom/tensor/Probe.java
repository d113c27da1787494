package dev.darkroom.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Named points inside a network at which its intermediate results can be seen, to find the first one that departs from the reference.
 * Without {@link #record} a probe costs one field read.
 */
public final class Probe {
    private static final ThreadLocal<@Nullable Map<String, float[]>> LISTENER = new ThreadLocal<>();

    private Probe() {}

    /** Runs {@code body} and returns the results at the points that it passed on this thread: name → values, row-major. */
    public static Map<String, float[]> record(Runnable body) {
        Map<String, float[]> seen = new LinkedHashMap<>();
        LISTENER.set(seen);
        try {
            body.run();
        } finally {
            LISTENER.remove();
        }
        return seen;
    }

    /** Marks a point, whose value {@link #record} copies. */
    public static void see(String name, Tensor value) {
        Map<String, float[]> listener = LISTENER.get();
        if (listener != null) {
            listener.putIfAbsent(name, value.toFloats());
        }
    }

    /** Marks a point whose value is computed only inside {@link #record}. */
    public static void see(String name, Supplier<Tensor> value) {
        if (LISTENER.get() != null) {
            see(name, value.get());
        }
    }

    /** Marks a point in the {@code index}-th of several equal parts: {@code name.index.part}. */
    public static void see(String name, int index, String part, Tensor value) {
        if (LISTENER.get() != null) {
            see(name + "." + index + (part.isEmpty() ? "" : "." + part), value);
        }
    }
}
