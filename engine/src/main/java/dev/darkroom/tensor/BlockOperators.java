package dev.darkroom.tensor;

import java.util.List;

/** Numbers that lie packed as in GGUF files, and are unpacked where they are used. */
public final class BlockOperators {
    private static final Operator UNPACK_BLOCKS = Operator.named("unpack_blocks");

    private BlockOperators() {}

    /**
     * Packed numbers.
     *
     * @param bytes uint8, block after block without a gap; of any shape
     * @param shape of the numbers, row-major
     */
    public record Packed(Tensor bytes, BlockType type, List<Long> shape) {
        public Packed {
            shape = List.copyOf(shape);
        }
    }

    /** Computes the numbers in float32, as ggml does, and rounds them to {@code dtype}. */
    public static Tensor unpack(Packed packed, DType dtype) {
        return UNPACK_BLOCKS.tensor(
                packed.bytes,
                packed.type.code(),
                packed.shape.stream().mapToLong(Long::longValue).toArray(),
                dtype);
    }
}
