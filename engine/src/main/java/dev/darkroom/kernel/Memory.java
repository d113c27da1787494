package dev.darkroom.kernel;

import java.util.Arrays;

/** Where a tensor's numbers lie, and how: all that a kernel must know of it. */
public final class Memory {
    /** PyTorch's numbers of element types. */
    static final int FLOAT32 = 6;

    static final int COMPLEX64 = 9;
    static final int BFLOAT16 = 15;
    static final int E4M3 = 24;

    /** Bytes that a thread reads or writes at once; addresses must be multiples of it. */
    private static final int VECTOR_BYTES = 16;

    private final long address;
    private final int type;
    private final Place place;
    private final long[] sizes;
    private final long[] strides;

    /** A kind of device. */
    public enum Place {
        CPU,
        CARD,
        ELSEWHERE
    }

    /**
     * @param type PyTorch's number of the element type
     * @param sizes lengths of the dimensions
     * @param strides distance in elements from one place to the next, by dimension
     */
    Memory(long address, int type, Place place, long[] sizes, long[] strides) {
        this.address = address;
        this.type = type;
        this.place = place;
        this.sizes = sizes;
        this.strides = strides;
    }

    /** Address of the first number. */
    public long address() {
        return address;
    }

    /** Kind of device that the numbers lie on. */
    public Place place() {
        return place;
    }

    int dimensions() {
        return sizes.length;
    }

    long size(int dimension) {
        return sizes[dimension];
    }

    long stride(int dimension) {
        return strides[dimension];
    }

    /** True if this is aligned memory of a type and shape, without gaps; -1 stands for any length from 1 on. */
    boolean is(int wantedType, long... shape) {
        return hasShape(wantedType, shape) && isDense();
    }

    /** True if this has a type and shape, its last dimension lies without gaps, and all others start at multiples of a vector. */
    boolean hasRows(int wantedType, long... shape) {
        int last = sizes.length - 1;
        if (!hasShape(wantedType, shape) || (sizes[last] > 1 && strides[last] != 1)) {
            return false;
        }
        for (int i = 0; i < last; i++) {
            if (sizes[i] > 1 && (strides[i] * elementBytes()) % VECTOR_BYTES != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean hasShape(int wantedType, long... shape) {
        if (type != wantedType || shape.length != sizes.length || address % VECTOR_BYTES != 0) {
            return false;
        }
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == -1 ? sizes[i] < 1 : sizes[i] != shape[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean isDense() {
        long expected = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            if (sizes[i] > 1 && strides[i] != expected) {
                return false;
            }
            expected *= sizes[i];
        }
        return true;
    }

    private int elementBytes() {
        return switch (type) {
            case FLOAT32 -> Float.BYTES;
            case COMPLEX64 -> 2 * Float.BYTES;
            case E4M3 -> 1;
            default -> 2;
        };
    }

    @Override
    public String toString() {
        return "type " + type + " " + Arrays.toString(sizes) + (isDense() ? "" : " by " + Arrays.toString(strides))
                + " at " + place;
    }
}
