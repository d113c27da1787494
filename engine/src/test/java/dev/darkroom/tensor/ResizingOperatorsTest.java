package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Known values of the operators that resize feature maps, and of those around them that only depth uses. */
@ExtendWith(ScopeForEachTest.class)
class ResizingOperatorsTest {
    @Test
    void linearResizingKeepsTheCorners() {
        Tensor x = Tensor.of(new float[] {0, 3, 6, 9}, 1, 1, 2, 2);

        assertThat(PictureOperators.bilinear(x, 2, 4).toFloats())
                .containsExactly(new float[] {0, 1, 2, 3, 6, 7, 8, 9}, within(1e-6f));
        assertThat(PictureOperators.bilinear(x, 1, 1).toFloats()).containsExactly(0);
        assertThat(PictureOperators.bilinear(x.narrow(2, 0, 1), 3, 2).toFloats())
                .containsExactly(0, 3, 0, 3, 0, 3);
    }

    /** The weights of a place half way between two, for a = −0.75, are −3, 19, 19, −3 of 32; those of Pillow's filter are −2, 18, 18, −2. */
    @Test
    void cubicResizingOvershootsMoreThanPillows() {
        Tensor edge = Tensor.of(new float[] {0, 0, 0, 32, 32, 32}, 1, 1, 1, 6);

        assertThat(PictureOperators.bicubic(edge, 1, 3).toFloats())
                .containsExactly(new float[] {0, 16, 32}, within(1e-4f));
        assertThat(PictureOperators.bicubic(edge.narrow(3, 1, 4), 1, 2).toFloats())
                .containsExactly(new float[] {-3, 35}, within(1e-4f));
        assertThat(PictureOperators.bicubic(edge, 1, 6).toFloats()).containsExactly(edge.toFloats());
    }

    @Test
    void aTransposedConvolutionSpreadsEachPlaceOverItsSquare() {
        Tensor x = Tensor.of(new float[] {1, 10}, 1, 1, 1, 2);
        Tensor weight = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
        Tensor bias = Tensor.of(new float[] {0.5f}, 1);

        assertThat(PictureOperators.convTranspose2d(x, weight, bias, 2).toFloats())
                .containsExactly(1.5f, 2.5f, 10.5f, 20.5f, 3.5f, 4.5f, 30.5f, 40.5f);
    }

    @Test
    void reluAndSigmoidAreThoseOfTheFormulas() {
        Tensor x = Tensor.of(new float[] {-2, 0, 3}, 3);

        assertThat(Operators.relu(x).toFloats()).containsExactly(0, 0, 3);
        assertThat(Operators.sigmoid(x).toFloats())
                .containsExactly(
                        new float[] {(float) (1 / (1 + Math.exp(2))), 0.5f, (float) (1 / (1 + Math.exp(-3)))},
                        within(1e-6f));
    }
}
