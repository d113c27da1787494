package dev.darkroom.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Packed blocks read number by number, as the structures of ggml describe them: what the operators are compared with. */
public final class ScalarBlocks {
    private final BlockType type;
    private final ByteBuffer block;

    private ScalarBlocks(BlockType type, ByteBuffer block) {
        this.type = type;
        this.block = block;
    }

    /** Unpacks all numbers of whole blocks. */
    public static float[] unpack(BlockType type, byte[] bytes) {
        var numbers = new float[bytes.length / type.bytes() * type.elements()];
        for (int i = 0; i < numbers.length; i++) {
            ByteBuffer block = ByteBuffer.wrap(bytes, i / type.elements() * type.bytes(), type.bytes())
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            numbers[i] = new ScalarBlocks(type, block).number(i % type.elements());
        }
        return numbers;
    }

    /** Makes blocks of any bits whose factors are finite, and small enough for a network: about {@code size}. */
    public static byte[] random(BlockType type, int blocks, float size, long seed) {
        var random = new Random(seed);
        byte[] bytes = new byte[blocks * type.bytes()];
        random.nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < blocks; i++) {
            for (int at : halves(type)) {
                buffer.putShort(i * type.bytes() + at, Float.floatToFloat16((random.nextFloat() - 0.4f) * size));
            }
        }
        return bytes;
    }

    /** Where the halves of a block lie. */
    private static int[] halves(BlockType type) {
        return switch (type) {
            case Q4_0, Q5_0, Q8_0 -> new int[] {0};
            case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q2_K -> new int[] {80, 82};
            case Q3_K -> new int[] {108};
            case Q6_K -> new int[] {208};
        };
    }

    private float half(int at) {
        return Float.float16ToFloat(block.getShort(at));
    }

    private int unsigned(int at) {
        return block.get(at) & 0xff;
    }

    /** Number {@code i} of bits of a width, which lie in groups of so many bytes: in the lowest bits of the whole group first. */
    private int bits(int at, int i, int width, int group) {
        int perGroup = group * 8 / width;
        int inGroup = i % perGroup;
        int octet = at + i / perGroup * group + inGroup % group;
        return unsigned(octet) >> (inGroup / group * width) & ((1 << width) - 1);
    }

    private float number(int i) {
        return switch (type) {
            case Q8_0 -> block.get(2 + i) * half(0);
            case Q4_0 -> (bits(2, i, 4, 16) - 8) * half(0);
            case Q4_1 -> bits(4, i, 4, 16) * half(0) + half(2);
            case Q5_0 -> ((bits(6, i, 4, 16) | (block.getInt(2) >>> i & 1) << 4) - 16) * half(0);
            case Q5_1 -> (bits(8, i, 4, 16) | (block.getInt(4) >>> i & 1) << 4) * half(0) + half(2);
            case Q2_K -> {
                int scales = unsigned(i / 16);
                float factor = half(80) * (scales & 15);
                float minimum = half(82) * (scales >> 4);
                yield factor * bits(16, i, 2, 32) - minimum;
            }
            case Q3_K -> {
                int high = bits(0, i, 1, 32);
                float factor = half(108) * (sixBits(i / 16) - 32);
                yield factor * (bits(32, i, 2, 32) - (high == 1 ? 0 : 4));
            }
            case Q4_K -> {
                float factor = half(0) * scale(i / 32);
                yield factor * bits(16, i, 4, 32) - half(2) * minimum(i / 32);
            }
            case Q5_K -> {
                float factor = half(0) * scale(i / 32);
                yield factor * (bits(48, i, 4, 32) + 16 * bits(16, i, 1, 32)) - half(2) * minimum(i / 32);
            }
            case Q6_K -> {
                float factor = half(208) * block.get(192 + i / 16);
                yield factor * ((bits(0, i, 4, 64) | bits(128, i, 2, 32) << 4) - 32);
            }
        };
    }

    private int scale(int j) {
        return j < 4 ? unsigned(4 + j) & 63 : unsigned(8 + j) & 15 | unsigned(j) >> 6 << 4;
    }

    private int minimum(int j) {
        return j < 4 ? unsigned(8 + j) & 63 : unsigned(8 + j) >> 4 | unsigned(4 + j) >> 6 << 4;
    }

    /** Scale of Q3_K: its low four bits in the first eight bytes, the two high ones in the last four. */
    private int sixBits(int j) {
        int low = j < 8 ? unsigned(96 + j) & 15 : unsigned(96 + j - 8) >> 4;
        int high = unsigned(104 + j % 4) >> (j / 4 * 2) & 3;
        return low | high << 4;
    }
}
