package dev.darkroom.tensor;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One operator of the library, bound by name. Calls close every value they pass, and say on failure what they were given. */
final class Operator {
    private static final List<String> BOUND = new ArrayList<>();

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

    /** The names bound so far, in order. */
    static List<String> bound() {
        return List.copyOf(BOUND);
    }

    Tensor tensor(Object... arguments) {
        IValue result = call(arguments);
        try (result) {
            return Tensor.adopt(result.toTensor(OperatorLibrary.MANAGER));
        }
    }

    List<Tensor> tensors(Object... arguments) {
        IValue result = call(arguments);
        try (result) {
            PtNDArray[] arrays = result.toTensorArray(OperatorLibrary.MANAGER);
            return Arrays.stream(arrays).map(Tensor::adopt).toList();
        }
    }

    long integer(Object... arguments) {
        IValue result = call(arguments);
        try (result) {
            return result.toLong();
        }
    }

    boolean truth(Object... arguments) {
        IValue result = call(arguments);
        try (result) {
            return result.toBoolean();
        }
    }

    private IValue call(Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
            }
            return IValueUtils.runMethod(OperatorLibrary.MODULE, name, values);
        } catch (RuntimeException e) {
            throw new TensorException(
                    name + " failed on " + Arrays.deepToString(arguments) + ": " + lastLines(e.getMessage()), e);
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    private static IValue value(Object argument) {
        return switch (argument) {
            case Tensor tensor -> IValue.from(tensor.array());
            case Integer number -> IValue.from(number.longValue());
            case Long number -> IValue.from(number);
            case Double number -> IValue.from(number);
            case Boolean truth -> IValue.from(truth);
            case String text -> IValue.from(text);
            case DType type -> IValue.from((long) type.code());
            case Device device -> IValue.from(device.name());
            case long[] numbers -> IValue.listFrom(numbers);
            case long[][] lists -> listOfLists(lists);
            case List<?> list ->
                IValue.listFrom(
                        list.stream().map(item -> ((Tensor) item).array()).toArray(PtNDArray[]::new));
            default -> throw new IllegalArgumentException("no operator takes a " + argument.getClass());
        };
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

    /** libtorch's reason stands at the end of a message, below a trace of the TorchScript source. */
    private static String lastLines(@org.jspecify.annotations.Nullable String message) {
        return message == null ? "no reason given" : message.strip();
    }
}
