package dev.darkroom.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * One call of an operator.
 *
 * @param arguments as they were passed, tensors as {@link TensorFacts}
 * @param results the tensors that it returned
 */
public record OperatorCall(String operator, List<Object> arguments, List<TensorFacts> results) {
    /** The tensor that is an argument. */
    public TensorFacts tensor(int index) {
        return (TensorFacts) arguments.get(index);
    }

    /** The tensors of an argument that is a list of them. */
    @SuppressWarnings("unchecked")
    public List<TensorFacts> list(int index) {
        return (List<TensorFacts>) arguments.get(index);
    }

    /** The number that is an argument. */
    public long number(int index) {
        return ((Number) arguments.get(index)).longValue();
    }

    /** All tensors among the arguments, those in lists among them. */
    public List<TensorFacts> tensors() {
        List<TensorFacts> tensors = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof TensorFacts tensor) {
                tensors.add(tensor);
            } else if (argument instanceof List<?> list) {
                list.forEach(tensor -> tensors.add((TensorFacts) tensor));
            }
        }
        return tensors;
    }

    @Override
    public String toString() {
        return operator + arguments + " → " + results;
    }
}
