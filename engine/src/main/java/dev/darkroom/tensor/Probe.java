package dev.darkroom.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Named points inside a network at which its intermediate results can be seen, to find the first one that departs from the reference.
 * Costs a field read where nobody listens.
 */
public final class Probe {
    private static final ThreadLocal<@Nullable Map<String, float[]>> LISTENER = new ThreadLocal<>();

    private Probe() {}

    /** Runs {@code body} and returns what this thread's probes saw: name → values, row-major. */
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

    /** Marks a point. */
    public static void see(String name, Tensor value) {
        Map<String, float[]> listener = LISTENER.get();
        if (listener != null) {
            listener.putIfAbsent(name, value.toFloats());
        }
    }

    /** Marks a point whose value is only made where somebody listens. */
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
