package dev.darkroom.tensor;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Types in which GGUF files pack numbers: blocks of equally many, each with scales of its own.
 *
 * <p>Source: ggml-org/ggml, {@code src/ggml-common.h}, the structures {@code block_*}.
 */
public enum BlockType {
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210);

    private final int code;
    private final int elements;
    private final int bytes;

    BlockType(int code, int elements, int bytes) {
        this.code = code;
        this.elements = elements;
        this.bytes = bytes;
    }

    /** GGUF's number of this type ({@code ggml_type}). */
    public int code() {
        return code;
    }

    /** Count of numbers in a block. */
    public int elements() {
        return elements;
    }

    /** Size of a block in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Bytes of so many numbers, which must fill whole blocks. */
    public long bytes(long numbers) {
        return numbers / elements * bytes;
    }

    /** Finds the type that has GGUF's number {@code code}. */
    public static Optional<BlockType> ofCode(int code) {
        return Stream.of(values()).filter(type -> type.code == code).findFirst();
    }

    /** Name in files and their names, such as {@code Q4_K}. */
    @Override
    public String toString() {
        return name().toUpperCase(Locale.ROOT);
    }
}
