package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.tensor.BlockOperators.Packed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packed numbers, bit for bit as a reader that takes them one by one has them, and some that can be checked by hand. */
class BlockOperatorsTest {
    private static final int BLOCKS = 40;

    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    private static float[] unpacked(BlockType type, byte[] bytes, DType dtype) {
        long elements = (long) bytes.length / type.bytes() * type.elements();
        Tensor packed = Tensor.of(bytes, bytes.length);
        return BlockOperators.unpack(new Packed(packed, type, List.of(2L, elements / 2)), dtype)
                .toFloats();
    }

    @ParameterizedTest
    @EnumSource
    void everyBitCounts(BlockType type) {
        byte[] bytes = ScalarBlocks.random(type, BLOCKS, 0.02f, type.code());

        assertThat(unpacked(type, bytes, DType.FLOAT32)).containsExactly(ScalarBlocks.unpack(type, bytes));
    }

    @ParameterizedTest
    @EnumSource
    void bfloat16IsTheSameRounded(BlockType type) {
        byte[] bytes = ScalarBlocks.random(type, BLOCKS, 0.02f, 100 + type.code());
        float[] whole = ScalarBlocks.unpack(type, bytes);
        float[] rounded = Tensor.of(whole, whole.length).to(DType.BFLOAT16).toFloats();

        assertThat(unpacked(type, bytes, DType.BFLOAT16)).containsExactly(rounded);
    }

    @ParameterizedTest
    @EnumSource
    void rowsInTheMiddleOfAnAllocationAreRead(BlockType type) {
        byte[] bytes = ScalarBlocks.random(type, BLOCKS, 0.02f, 200 + type.code());
        Tensor all = Tensor.of(bytes, bytes.length);
        Tensor part = all.narrow(0, 3L * type.bytes(), 2L * type.bytes());
        float[] expected =
                ScalarBlocks.unpack(type, java.util.Arrays.copyOfRange(bytes, 3 * type.bytes(), 5 * type.bytes()));

        assertThat(BlockOperators.unpack(new Packed(part, type, List.of(2L, (long) type.elements())), DType.FLOAT32)
                        .toFloats())
                .containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource
    void shapesAreKnownWithoutNumbers(BlockType type) {
        Tensor packed = Operators.zeros(DType.UINT8, Device.META, 4L * type.bytes());
        Tensor found =
                BlockOperators.unpack(new Packed(packed, type, List.of(4L, (long) type.elements())), DType.BFLOAT16);

        assertThat(found.shape()).containsExactly(4, type.elements());
        assertThat(found.device()).isEqualTo(Device.META);
        assertThat(found.dtype()).isEqualTo(DType.BFLOAT16);
    }

    @Test
    void aBlockOfQ8_0IsFactorTimesBytes() {
        ByteBuffer block = block(BlockType.Q8_0).putShort(0, Float.floatToFloat16(0.5f));
        IntStream.range(0, 32).forEach(i -> block.put(2 + i, (byte) (i - 16)));

        assertThat(unpacked(BlockType.Q8_0, block.array(), DType.FLOAT32))
                .startsWith(-8, -7.5f, -7)
                .endsWith(7, 7.5f);
    }

    @Test
    void aBlockOfQ4_0HasItsLowNibblesFirst() {
        ByteBuffer block = block(BlockType.Q4_0).putShort(0, Float.floatToFloat16(2));
        block.put(2, (byte) 0xf0); // number 0 is 0 - 8, number 16 is 15 - 8

        float[] numbers = unpacked(BlockType.Q4_0, block.array(), DType.FLOAT32);
        assertThat(numbers[0]).isEqualTo(-16);
        assertThat(numbers[16]).isEqualTo(14);
        assertThat(numbers[1]).isEqualTo(-16);
    }

    @Test
    void aBlockOfQ4_KTakesTheHighBitsOfLateScalesFromEarlyOnes() {
        ByteBuffer block =
                block(BlockType.Q4_K).putShort(0, Float.floatToFloat16(0.25f)).putShort(2, Float.floatToFloat16(0.5f));
        block.put(4, (byte) 0xc3); // scale 0 is 3, and the high bits of scale 4 are 3
        block.put(8, (byte) 0x41); // minimum 0 is 1, and the high bits of minimum 4 are 1
        block.put(12, (byte) 0x21); // the low bits of scale 4 are 1, those of minimum 4 are 2
        block.put(16, (byte) 0x04); // number 0 is 4
        block.put(16 + 64, (byte) 0x05); // number 128, of group 4, is 5

        float[] numbers = unpacked(BlockType.Q4_K, block.array(), DType.FLOAT32);
        assertThat(numbers[0]).isEqualTo(0.25f * 3 * 4 - 0.5f * 1);
        assertThat(numbers[128]).isEqualTo(0.25f * 49 * 5 - 0.5f * 18);
        assertThat(numbers[32]).isEqualTo(0);
    }

    @Test
    void aBlockOfQ6_KIsCentredAt32() {
        ByteBuffer block = block(BlockType.Q6_K).putShort(208, Float.floatToFloat16(1));
        block.put(192, (byte) -2).put(0, (byte) 0x0f).put(128, (byte) 0x03); // number 0 is 63 - 32, times -2

        assertThat(unpacked(BlockType.Q6_K, block.array(), DType.FLOAT32)[0]).isEqualTo(-62);
    }

    private static ByteBuffer block(BlockType type) {
        return ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
}
