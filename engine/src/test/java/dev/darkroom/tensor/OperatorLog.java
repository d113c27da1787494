package dev.darkroom.tensor;

import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a process that computes on {@link Device#META} calls, and refuses a call that is given tensors of both the card and the host:
 * a card would refuse it, where libtorch's meta device does not always.
 */
public final class OperatorLog implements AutoCloseable {
    /** Operators that are there to bring something from one side to the other. */
    private static final Set<String> CROSSING = Set.of("copy_window");

    /** Is told of calls and of the ends of tensors. */
    public interface Listener {
        /** Is told of a call that has succeeded. */
        void called(OperatorCall call);

        /** Is told that a tensor has ended. */
        default void freed(TensorFacts tensor) {}
    }

    private final Listener listener;
    private final @Nullable String planted;
    private final Map<Tensor, TensorFacts> known = new IdentityHashMap<>();
    private @Nullable String operator;
    private List<Object> given = List.of();
    private long next;

    private OperatorLog(Listener listener, @Nullable String planted) {
        this.listener = listener;
        this.planted = planted;
    }

    /** Tells a listener of all calls until the log is closed. */
    public static OperatorLog to(Listener listener) {
        return installed(new OperatorLog(listener, null));
    }

    /** Does so, and leaves the last tensor that an operator is given on the CPU, as faulty code would. */
    public static OperatorLog planting(String operator, Listener listener) {
        return installed(new OperatorLog(listener, operator));
    }

    private static OperatorLog installed(OperatorLog log) {
        Operator.witness = log.witness();
        return log;
    }

    private OperatorWitness witness() {
        return new OperatorWitness() {
            @Override
            public void called(String name, Object... arguments) {
                end();
                if (name.equals(planted)) {
                    plant(arguments);
                }
                given = Arrays.stream(arguments)
                        .map(OperatorLog.this::described)
                        .toList();
                refuseIfMixed(new OperatorCall(name, given, List.of()));
                operator = name;
            }

            @Override
            public void returned(List<Tensor> results) {
                List<TensorFacts> facts =
                        results.stream().map(OperatorLog.this::facts).toList();
                String name = String.valueOf(operator);
                operator = null;
                listener.called(new OperatorCall(name, given, facts));
            }

            @Override
            public void freed(Tensor tensor) {
                end();
                TensorFacts facts = known.remove(tensor);
                if (facts != null) {
                    listener.freed(facts);
                }
            }
        };
    }

    /** A call that returns no tensor has ended once the next thing happens. */
    private void end() {
        String name = operator;
        operator = null;
        if (name != null) {
            listener.called(new OperatorCall(name, given, List.of()));
        }
    }

    private void plant(Object... arguments) {
        for (int i = arguments.length - 1; i >= 0; i--) {
            if (arguments[i] instanceof Tensor tensor && facts(tensor).onCard()) {
                Operator.witness = null;
                arguments[i] = tensor.to(Device.CPU);
                Operator.witness = witness();
                return;
            }
        }
    }

    private Object described(Object argument) {
        return switch (argument) {
            case Tensor tensor -> facts(tensor);
            case List<?> tensors ->
                tensors.stream().map(tensor -> facts((Tensor) tensor)).toList();
            default -> argument;
        };
    }

    private TensorFacts facts(Tensor tensor) {
        return known.computeIfAbsent(tensor, this::describe);
    }

    private TensorFacts describe(Tensor tensor) {
        try (IValue value = IValueUtils.runMethod(OperatorLibrary.MODULE, "describe", tensor.value())) {
            long[] told = value.toLongArray();
            int dims = (int) told[2];
            return new TensorFacts(
                    next++,
                    DType.ofCode((int) told[0]),
                    told[1] == 1,
                    Arrays.copyOfRange(told, 3, 3 + dims),
                    Arrays.copyOfRange(told, 3 + dims, 3 + 2 * dims));
        }
    }

    private static void refuseIfMixed(OperatorCall call) {
        if (CROSSING.contains(call.operator())) {
            return;
        }
        List<TensorFacts> tensors = new ArrayList<>(call.tensors());
        tensors.removeIf(tensor -> !tensor.onCard() && tensor.shape().length == 0); // a scalar may come from the host
        boolean onCard = tensors.stream().anyMatch(TensorFacts::onCard);
        if (onCard && !tensors.stream().allMatch(TensorFacts::onCard)) {
            throw new IllegalStateException("tensors of the card and of the host meet in " + call.operator()
                    + call.arguments() + ", called at " + caller());
        }
    }

    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(
                                frame -> !frame.getClassName().startsWith(OperatorLog.class.getPackageName() + "."))
                        .findFirst())
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("?");
    }

    @Override
    public void close() {
        end();
        Operator.witness = null;
    }
}
