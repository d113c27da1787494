package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PromptsTest {
    @Test
    void embedsAreMixedTokenByTokenAndTheShorterOnesLastTokenGoesOn() {
        try (var ignored = Scope.open("test")) {
            Tensor two = Tensor.of(new float[] {0, 0, 4, 8}, 1, 2, 2);
            Tensor three = Tensor.of(new float[] {4, 4, 0, 0, 8, 0}, 1, 3, 2);

            assertThat(Prompts.mixed(two, three, 0.25).toFloats()).containsExactly(1, 1, 3, 6, 5, 6);
            assertThat(Prompts.mixed(three, two, 0.25).toFloats()).containsExactly(3, 3, 1, 2, 7, 2);
        }
    }
}
