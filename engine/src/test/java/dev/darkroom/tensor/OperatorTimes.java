package dev.darkroom.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The time of every operator call of some work, each waited for: what the device needs for it, a few microseconds of waiting included. What
 * a kernel of our own computes between two calls is the time "after" the first of them.
 */
public final class OperatorTimes {
    /** All calls of one operator on tensors of one shape. */
    public record Sum(String name, int calls, double millis, double longest) {
        Sum and(Sum other) {
            return new Sum(name, calls + other.calls, millis + other.millis, Math.max(longest, other.longest));
        }
    }

    private final Map<String, Sum> sums = new LinkedHashMap<>();
    private final Tensor clock;
    private boolean waiting;
    private @Nullable String current;
    private String last = "nothing";
    private long mark;

    private OperatorTimes(Device device) {
        clock = Tensor.of(new float[] {1}, 1).to(device);
    }

    /** Does some work on a device, and returns what its operators took, the costliest first. Needs an open scope. */
    public static List<Sum> of(Device device, Runnable work) {
        var times = new OperatorTimes(device);
        Operator.witness = times.witness();
        try {
            times.lap("nothing");
            work.run();
        } finally {
            Operator.witness = null;
        }
        return times.sums.values().stream()
                .sorted(Comparator.comparingDouble(Sum::millis).reversed())
                .toList();
    }

    private OperatorWitness witness() {
        return new OperatorWitness() {
            @Override
            public void called(String operator, Object... arguments) {
                if (!waiting) {
                    lap(current == null ? "after " + last : current);
                    current = operator + shapes(arguments);
                    last = operator;
                }
            }

            @Override
            public void returned(List<Tensor> results) {
                if (!waiting && current != null) {
                    lap(current);
                    current = null;
                }
            }

            @Override
            public void freed(Tensor tensor) {}
        };
    }

    /** Waits for the device, and counts what has passed since the last time. */
    private void lap(String name) {
        waiting = true;
        clock.await();
        waiting = false;
        long now = System.nanoTime();
        if (mark != 0) {
            double millis = (now - mark) / 1e6;
            sums.merge(name, new Sum(name, 1, millis, millis), Sum::and);
        }
        mark = System.nanoTime();
    }

    private static String shapes(Object... arguments) {
        List<String> shapes = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof Tensor tensor) {
                shapes.add(shape(tensor));
            } else if (argument instanceof List<?> tensors && !tensors.isEmpty()) {
                shapes.add(tensors.stream()
                        .map(tensor -> shape((Tensor) tensor))
                        .distinct()
                        .collect(Collectors.joining("|")));
            }
        }
        return shapes.stream().limit(4).collect(Collectors.joining(" ", " ", ""));
    }

    private static String shape(Tensor tensor) {
        return Arrays.stream(tensor.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }
}
