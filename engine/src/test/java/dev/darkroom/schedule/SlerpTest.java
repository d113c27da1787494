package dev.darkroom.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SlerpTest {
    @Test
    void goesAlongTheCircle() {
        try (var ignored = Scope.open("test")) {
            Tensor right = Tensor.of(new float[] {2, 0}, 2);
            Tensor up = Tensor.of(new float[] {0, 2}, 2);
            float half = (float) Math.sqrt(2);
            assertThat(Slerp.of(right, up, 0).toFloats()).containsExactly(new float[] {2, 0}, within(1e-6f));
            assertThat(Slerp.of(right, up, 0.5).toFloats()).containsExactly(new float[] {half, half}, within(1e-6f));
            assertThat(Slerp.of(right, up, 1).toFloats()).containsExactly(new float[] {0, 2}, within(1e-6f));
            assertThat(Slerp.of(right, right, 0.3).toFloats()).containsExactly(2, 0);
            assertThat(Slerp.of(right, Tensor.of(new float[2], 2), 0.5).toFloats())
                    .containsExactly(1, 0);
        }
    }

    @Test
    void noiseBetweenTwoSeedsIsAsStrongAsEach() {
        try (var ignored = Scope.open("test")) {
            Noise between = Noise.between(Noise.seeded(1, DType.FLOAT32), Noise.seeded(2, DType.FLOAT32), 0.5);
            double squares = 0;
            float[] drawn = between.draw(new long[] {1, 16, 32, 32}).getFirst().toFloats();
            for (float value : drawn) {
                squares += value * value;
            }
            assertThat(squares / drawn.length).isCloseTo(1, within(0.03));
        }
    }
}
