package dev.darkroom.tensor;

import java.util.Arrays;

/**
 * What is known of a tensor without its numbers.
 *
 * @param id tells tensors apart; views of one memory are different tensors
 * @param onCard whether it lies on {@link Device#META}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TensorFacts(long id, DType dtype, boolean onCard, long[] shape, long[] strides) {
    /** Number of elements. */
    public long numbers() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** Size of all elements in bytes. */
    public long bytes() {
        return numbers() * dtype.bytes();
    }

    /** Length of one dimension; negative numbers count from the end. */
    public long size(int dim) {
        return shape[dim < 0 ? shape.length + dim : dim];
    }

    /** True if its elements lie row after row without gaps. */
    public boolean isContiguous() {
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides[i] != step) {
                return false;
            }
            step *= shape[i];
        }
        return true;
    }

    @Override
    public String toString() {
        return (onCard ? "meta " : "cpu ") + dtype.name().toLowerCase(java.util.Locale.ROOT) + Arrays.toString(shape);
    }
}
