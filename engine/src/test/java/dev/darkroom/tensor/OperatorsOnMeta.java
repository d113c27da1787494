package dev.darkroom.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Gives the operators' samples to {@link Device#META}, where they must say the types and shapes that the CPU computes. */
public final class OperatorsOnMeta {
    /** Operators of the host alone, of tests, and one whose sample is none without numbers. */
    private static final Set<String> OF_THE_HOST = Set.of(
            "copy_window",
            "device_of",
            "randn",
            "randn_rand",
            "empty_bytes",
            "empty_rows",
            "rope_table",
            "causal_conv3d",
            "number",
            "least_squares");

    private OperatorsOnMeta() {}

    /** Tries every sample; returns what each operator said otherwise, by its name, and the operators that were tried. */
    public static Map<String, String> disagreements(List<String> tried) {
        Map<String, String> otherwise = new TreeMap<>();
        OperatorsTest.samples()
                .filter(sample -> !OF_THE_HOST.contains(sample.operator()))
                .forEach(sample -> {
                    try (var scope = Scope.open(sample.operator())) {
                        Operator.witness = moving(sample.operator());
                        String said = OperatorsTest.description(sample.call().get());
                        if (!said.equals(sample.gives())) {
                            otherwise.put(sample.operator(), said + ", not " + sample.gives());
                        }
                        tried.add(sample.operator());
                    } catch (TensorException e) {
                        otherwise.put(sample.operator(), e.getMessage());
                    } finally {
                        Operator.witness = null;
                    }
                });
        return otherwise;
    }

    /** Moves what one operator is given. */
    private static OperatorWitness moving(String operator) {
        return new OperatorWitness() {
            @Override
            public void called(String name, Object... arguments) {
                if (name.equals(operator)) {
                    OperatorWitness self = Operator.witness;
                    Operator.witness = null;
                    for (int i = 0; i < arguments.length; i++) {
                        arguments[i] = moved(arguments[i]);
                    }
                    Operator.witness = self;
                }
            }

            @Override
            public void returned(List<Tensor> results) {}

            @Override
            public void freed(Tensor tensor) {}
        };
    }

    private static Object moved(Object argument) {
        return switch (argument) {
            case Tensor tensor -> tensor.to(Device.META);
            case Device device -> Device.META;
            case List<?> tensors -> {
                List<Object> all = new ArrayList<>();
                tensors.forEach(tensor -> all.add(moved(tensor)));
                yield all;
            }
            default -> argument;
        };
    }
}
