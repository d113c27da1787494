package dev.darkroom.animation.warp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.job.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DepthMapTest {
    private static final Size SIZE = new Size(4, 1);

    @Test
    void depthIsSpreadEvenlyWhateverItsUnits() {
        assertThat(DepthMap.ofDistance(SIZE, new float[] {10, 11, 500, 1000}).z())
                .containsExactly(1.25f, 1.5f, 1.75f, 2);
        assertThat(DepthMap.ofNearness(SIZE, new float[] {-1, 0, 1, 100}).z()).containsExactly(1.75f, 1.5f, 1.25f, 1);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3})
    void depthThatSaysNothingIsFlat(float number) {
        assertThat(DepthMap.ofNearness(SIZE, new float[] {3, 3, number, 3}).z()).containsOnly(1);
        assertThat(DepthMap.ofDistance(SIZE, new float[] {3, number, 3, 3}).z()).containsOnly(1);
    }

    @Test
    void aNumberForEachPixelIsNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DepthMap.ofDistance(SIZE, new float[3]))
                .withMessage("depth: must be one number for each pixel of 4x1, not 3");
    }
}
