package dev.darkroom.tensor;

import java.util.Arrays;
import java.util.Locale;

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

    /** True if another shape of its elements needs no copy. */
    public boolean canBeSeenAs(long... other) {
        int at = other.length - 1;
        long step = 1; // of a run of dimensions that lie in memory like one
        long room = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (room == 1) {
                step = strides[i];
            }
            room *= shape[i];
            boolean ends = i == 0 || (shape[i - 1] != 1 && strides[i - 1] != room * step);
            if (ends) {
                long taken = 1;
                while (at >= 0 && (taken < room || other[at] == 1)) {
                    taken *= other[at];
                    at--;
                }
                if (taken != room) {
                    return false;
                }
                room = 1;
            }
        }
        return at == -1;
    }

    @Override
    public String toString() {
        return (onCard ? "meta " : "cpu ") + dtype.name().toLowerCase(Locale.ROOT) + Arrays.toString(shape);
    }
}
