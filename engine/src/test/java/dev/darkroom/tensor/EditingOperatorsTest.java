package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Known values of the operators that only Qwen-Image uses. */
@ExtendWith(ScopeForEachTest.class)
class EditingOperatorsTest {
    @Test
    void aChannelNormGivesEachPlaceTheLengthOfItsChannelCount() {
        Tensor x = Tensor.of(new float[] {3, 0, 0, 4, 0, -2}, 1, 3, 1, 2); // (3, 0, 0) and (0, 4, -2)
        Tensor gamma = Tensor.of(new float[] {1, 2, 10}, 3, 1, 1);

        float root3 = (float) Math.sqrt(3);
        float root20 = (float) Math.sqrt(20);
        assertThat(PictureOperators.channelNorm(x, gamma).toFloats())
                .containsExactly(
                        new float[] {root3, 0, 0, 2 * 4 * root3 / root20, 0, 10 * -2 * root3 / root20}, within(1e-5f));
    }

    @Test
    void anotherLayoutChangesNoNumber() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 3, 2, 2);

        assertThat(PictureOperators.pictureLayout(x).toFloats()).containsExactly(x.toFloats());
    }

    /** Black latents have no length to divide by. */
    @Test
    void aPlaceOfZerosStaysOne() {
        Tensor zeros = Operators.zeros(DType.BFLOAT16, Device.CPU, 1, 4, 2, 2);
        Tensor gamma = Tensor.of(new float[] {1, 1, 1, 1}, 4, 1, 1).to(DType.BFLOAT16);

        assertThat(PictureOperators.channelNorm(zeros, gamma).toFloats()).containsOnly(0);
    }

    /** Squares of such numbers are beyond what float32 holds only from 1e19 on; in bfloat16 none of their digits may get lost. */
    @Test
    void aChannelNormOfLargeAndSmallNumbersIsThatOfTheirRatio() {
        for (float scale : new float[] {1e-6f, 1, 1e6f}) {
            Tensor x = Tensor.of(new float[] {3, 4}, 1, 2, 1, 1).affine(scale, 0);
            Tensor gamma = Tensor.of(new float[] {1, 1}, 2, 1, 1);

            assertThat(PictureOperators.channelNorm(x, gamma).toFloats())
                    .containsExactly(
                            new float[] {0.6f * (float) Math.sqrt(2), 0.8f * (float) Math.sqrt(2)}, within(1e-5f));
        }
    }

    @Test
    void channelNormSiluConvIsItsThreeParts() {
        Tensor x = Operators.randn(1, DType.FLOAT32, new long[] {2, 4, 5, 6}).getFirst();
        Tensor gamma =
                Operators.randn(2, DType.FLOAT32, new long[] {4, 1, 1, 1}).getFirst();
        Tensor weight =
                Operators.randn(3, DType.FLOAT32, new long[] {3, 4, 3, 3}).getFirst();
        Tensor bias = Operators.randn(4, DType.FLOAT32, new long[] {3}).getFirst();

        Tensor apart =
                PictureOperators.conv2d(Operators.silu(PictureOperators.channelNorm(x, gamma)), weight, bias, 1, 1);

        assertThat(PictureOperators.channelNormSiluConv(x, gamma, weight, bias, 0)
                        .toFloats())
                .containsExactly(apart.toFloats(), within(1e-5f));
    }

    @Test
    void guidanceTurnsATokenAndKeepsItsLength() {
        Tensor prediction = Tensor.of(new float[] {3, 4, 0, 1}, 1, 2, 2);
        Tensor negative = Tensor.of(new float[] {3, 0, 0, 0.5f}, 1, 2, 2);

        float[] guided = Operators.guideKeepingLength(prediction, negative, 2).toFloats();

        // (3, 0) + 2 · (0, 4) = (3, 8), as long as (3, 4); the other token is only lengthened, and so stays
        float scale = 5 / (float) Math.sqrt(9 + 64);
        assertThat(guided).containsExactly(new float[] {3 * scale, 8 * scale, 0, 1}, within(1e-5f));
    }

    @Test
    void aCausalConvolutionAddsUpItsFrameAndEarlierOnes() {
        Tensor video = Tensor.of(new float[] {1, 10, 100}, 1, 1, 3, 1, 1);
        Tensor weight = Tensor.of(new float[] {2, 3, 5}, 1, 1, 3, 1, 1);
        Tensor bias = Tensor.of(new float[] {0.5f}, 1);

        assertThat(PictureOperators.causalConv3d(video, weight, bias).toFloats())
                .containsExactly(5.5f, 53.5f, 532.5f); // 5·1; 3·1 + 5·10; 2·1 + 3·10 + 5·100
    }
}
