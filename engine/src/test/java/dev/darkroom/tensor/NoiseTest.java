package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers are those that {@code torch.randn} prints in Python. */
@ExtendWith(ScopeForEachTest.class)
class NoiseTest {
    @Test
    void seed42GivesThePyTorchNumbers() {
        assertThat(draw(42, 4)).containsExactly(0.33669037f, 0.1288094f, 0.23446237f, 0.23033303f);
        assertThat(draw(42, 3, 3))
                .containsExactly(
                        new float[] {0.3367f, 0.1288f, 0.2345f, 0.2303f, -1.1229f, -0.1863f, 2.2082f, -0.6380f, 0.4617f
                        },
                        within(6e-5f));
    }

    @Test
    void sixteenNumbersAndMoreAreDrawnInPyTorchsOtherOrder() {
        assertThat(draw(42, 4, 4))
                .usingComparatorWithPrecision(6e-5f)
                .startsWith(1.9269f, 1.4873f, 0.9007f, -2.1055f, 0.6784f, -1.2345f, -0.0431f, -1.6047f);
    }

    @Test
    void shapesAreDrawnOneAfterAnother() {
        List<Tensor> drawn = Operators.randn(42, DType.FLOAT32, new long[] {2}, new long[] {1, 2}, new long[] {4, 5});
        assertThat(drawn).extracting(Tensor::shape).containsExactly(new long[] {2}, new long[] {1, 2}, new long[] {4, 5
        });
        assertThat(drawn.get(0).toFloats()).containsExactly(0.33669037f, 0.1288094f);
        assertThat(drawn.get(1).toFloats()).containsExactly(0.23446237f, 0.23033303f);
        assertThat(drawn.get(2).toFloats()).doesNotContain(draw(42, 4, 5));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, 1L << 32, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void theSameSeedGivesTheSameNumbers(long seed) {
        float[] numbers = draw(seed, 1000);
        assertThat(numbers).isEqualTo(draw(seed, 1000)).isNotEqualTo(draw(seed - 1, 1000));
        assertThat(IntStream.range(0, 1000).mapToDouble(i -> numbers[i]).average())
                .hasValueCloseTo(0.0, within(0.2));
        assertThat(IntStream.range(0, 1000)
                        .mapToDouble(i -> numbers[i] * numbers[i])
                        .average())
                .hasValueCloseTo(1.0, within(0.3));
    }

    @Test
    void bfloat16NumbersAreDrawnAsBfloat16() {
        Tensor drawn = Operators.randn(42, DType.BFLOAT16, new long[] {64}).getFirst();
        assertThat(drawn.dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(drawn.toFloats())
                .isEqualTo(Operators.randn(42, DType.BFLOAT16, new long[] {64})
                        .getFirst()
                        .toFloats());
    }

    private static float[] draw(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst().toFloats();
    }
}
