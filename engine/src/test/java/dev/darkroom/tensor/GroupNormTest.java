package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.lora.Distance;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The group norm that cards compute by sums, against libtorch's own. */
class GroupNormTest {
    private static final int GROUPS = 4;
    private static final double EPS = 1e-6;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 33, 17, 0", "3, 16, 5, 4, 0", "2, 4, 2, 1, 0", "1, 8, 64, 64, 3"})
    void theSumsGiveTheNormInFloat32(long batch, long channels, long height, long width, double mean) {
        Case given = Case.of(batch, channels, height, width, mean);

        assertThat(Distance.between(given.bySums(DType.FLOAT32), given.byItself(DType.FLOAT32)))
                .isLessThan(5e-5);
    }

    /** No autoencoder has means of twenty times the deviation; the CPU adds up one number after another, a card does better. */
    @ParameterizedTest
    @CsvSource({"0", "3", "20"})
    void inBfloat16TheyAreAsNearAsLibtorchsOwn(double mean) {
        Case given = Case.of(1, 16, 64, 48, mean);
        float[] exact = given.byItself(DType.FLOAT32);

        double own = Distance.between(given.byItself(DType.BFLOAT16), exact);
        assertThat(Distance.between(given.bySums(DType.BFLOAT16), exact)).isLessThan(1.1 * own + 1e-3 * mean / 20);
    }

    @Test
    void equalNumbersGiveTheBias() {
        Case given = Case.of(1, 8, 16, 16, 0);
        Tensor flat = Tensor.of(new float[8 * 16 * 16], 1, 8, 16, 16).affine(0, 7);

        Tensor normed = PictureOperators.GROUP_NORM_BY_SUMS.tensor(flat, GROUPS, given.weight, given.bias, EPS);

        assertThat(normed.narrow(2, 0, 1).narrow(3, 0, 1).toFloats())
                .usingComparatorWithPrecision(1e-3f)
                .containsExactly(given.bias.toFloats());
    }

    /** Numbers, and the weight and bias of each channel, all rounded to bfloat16. */
    private record Case(Tensor x, Tensor weight, Tensor bias) {
        static Case of(long batch, long channels, long height, long width, double mean) {
            List<Tensor> made = Operators.randn(
                    1, DType.FLOAT32, new long[] {batch, channels, height, width}, new long[] {channels}, new long[] {
                        channels
                    });
            return new Case(rounded(made.get(0).affine(1, mean)), rounded(made.get(1)), rounded(made.get(2)));
        }

        private static Tensor rounded(Tensor x) {
            return x.to(DType.BFLOAT16).to(DType.FLOAT32);
        }

        float[] bySums(DType type) {
            return PictureOperators.GROUP_NORM_BY_SUMS
                    .tensor(x.to(type), GROUPS, weight.to(type), bias.to(type), EPS)
                    .toFloats();
        }

        float[] byItself(DType type) {
            return PictureOperators.groupNorm(x.to(type), GROUPS, weight.to(type), bias.to(type), EPS)
                    .toFloats();
        }
    }
}
