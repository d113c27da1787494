package dev.darkroom.weights.gguf;

import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A type of tensors in GGUF files: numbers as they are, or packed in blocks.
 *
 * <p>Source: ggml-org/ggml, {@code include/ggml.h}, {@code enum ggml_type}.
 *
 * @param dtype type of the numbers, or bytes if they are packed
 */
record TensorType(DType dtype, Optional<BlockType> blocks) {
    private static final Map<Integer, DType> PLAIN = Map.of(
            0, DType.FLOAT32,
            1, DType.FLOAT16,
            24, DType.INT8,
            25, DType.INT16,
            26, DType.INT32,
            27, DType.INT64,
            28, DType.FLOAT64,
            30, DType.BFLOAT16);

    /** Types that are not read, by their names. */
    private static final Map<Integer, String> OTHERS = Map.ofEntries(
            Map.entry(9, "Q8_1"),
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"));

    static Optional<TensorType> ofCode(int code) {
        DType plain = PLAIN.get(code);
        return plain != null
                ? Optional.of(new TensorType(plain, Optional.empty()))
                : BlockType.ofCode(code).map(type -> new TensorType(DType.UINT8, Optional.of(type)));
    }

    /** Names a type that is not read. */
    static String unread(int code) {
        String name = OTHERS.get(code);
        return name == null ? "the unknown type " + Integer.toUnsignedString(code) : "the type " + name;
    }

    /** Lists the types that are read and hold weights. */
    static String read() {
        return Stream.concat(
                        Stream.of("F32", "F16", "BF16"),
                        Stream.of(BlockType.values()).map(BlockType::toString))
                .collect(Collectors.joining(", "));
    }

    /** Count of numbers in a block; 1 if they are not packed. */
    int elements() {
        return blocks.map(BlockType::elements).orElse(1);
    }

    /** Bytes of a block, or of a number. */
    int bytes() {
        return blocks.map(BlockType::bytes).orElse(dtype.bytes());
    }

    @Override
    public String toString() {
        return blocks.map(BlockType::toString).orElse(dtype.fileName());
    }
}
