package dev.darkroom.tensor;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One operator of the library, bound by name. A call closes every value that it passes; a call that fails reports its arguments in a
 * {@link TensorException}.
 */
final class Operator {
    private static final List<String> BOUND = new CopyOnWriteArrayList<>();

    private static long calls;

    /** Sees the calls of a process that proves or counts something; null in a worker. */
    static @Nullable OperatorWitness witness;

    private final String name;

    private Operator(String name) {
        this.name = name;
    }

    /** Binds an operator; fails if the library does not define it. */
    static Operator named(String name) {
        if (!OperatorLibrary.signatures().containsKey(name)) {
            throw new IllegalStateException("operator '" + name + "' is missing in operators.py");
        }
        BOUND.add(name);
        return new Operator(name);
    }

    /** Names of the operators bound so far, in order. */
    static List<String> bound() {
        return List.copyOf(BOUND);
    }

    /** Number of operator calls so far; meant for benchmarks, and exact as long as one thread calls. */
    static long calls() {
        return calls;
    }

    /** Calls an operator that returns one tensor, which belongs to the innermost scope. */
    Tensor tensor(Object... arguments) {
        Tensor result = Tensor.adopt(call(arguments));
        if (witness != null) {
            witness.returned(List.of(result));
        }
        return result;
    }

    /** Calls an operator that returns a list of tensors, which belong to the innermost scope. */
    List<Tensor> tensors(Object... arguments) {
        Scope.innermost(); // throws before there are results that nobody would free
        try (IValue result = call(arguments)) {
            List<Tensor> results =
                    Arrays.stream(result.toIValueArray()).map(Tensor::adopt).toList();
            if (witness != null) {
                witness.returned(results);
            }
            return results;
        }
    }

    long integer(Object... arguments) {
        try (IValue result = call(arguments)) {
            return result.toLong();
        }
    }

    boolean truth(Object... arguments) {
        try (IValue result = call(arguments)) {
            return result.toBoolean();
        }
    }

    private IValue call(Object... arguments) {
        calls++;
        if (witness != null) {
            witness.called(name, arguments);
        }
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
            }
            return IValueUtils.runMethod(OperatorLibrary.MODULE, name, values);
        } catch (RuntimeException e) {
            throw new TensorException(
                    name + " failed on " + Arrays.deepToString(arguments) + ": " + reason(e.getMessage()), e);
        } finally {
            for (int i = 0; i < arguments.length; i++) {
                if (values[i] != null && !(arguments[i] instanceof Tensor)) {
                    values[i].close();
                }
            }
        }
    }

    private static IValue value(Object argument) {
        return switch (argument) {
            case Tensor tensor -> tensor.value();
            case Integer number -> IValue.from(number.longValue());
            case Long number -> IValue.from(number);
            case Double number -> IValue.from(number);
            case Boolean truth -> IValue.from(truth);
            case String text -> IValue.from(text);
            case DType type -> IValue.from((long) type.code());
            case Device device -> IValue.from(device.name());
            case long[] numbers -> IValue.listFrom(numbers);
            case double[] numbers -> IValue.listFrom(numbers);
            case long[][] lists -> listOfLists(lists);
            case List<?> tensors -> listOfTensors(tensors);
            default -> throw new IllegalArgumentException("no operator takes a " + argument.getClass());
        };
    }

    private static IValue listOfTensors(List<?> tensors) {
        return tensors.isEmpty()
                ? IValue.listFrom(new PtNDArray[0])
                : IValue.listFrom(tensors.stream()
                        .map(tensor -> ((Tensor) tensor).value())
                        .toArray(IValue[]::new));
    }

    private static IValue listOfLists(long[][] lists) {
        IValue[] items = Arrays.stream(lists).map(IValue::listFrom).toArray(IValue[]::new);
        try {
            return IValue.listFrom(items);
        } finally {
            for (IValue item : items) {
                item.close();
            }
        }
    }

    private static String reason(@Nullable String message) {
        return message == null ? "no reason given" : message.strip();
    }
}
