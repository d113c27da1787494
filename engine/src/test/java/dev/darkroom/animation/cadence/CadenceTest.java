package dev.darkroom.animation.cadence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.animation.cadence.CadenceStep.Between;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CadenceTest {
    @Test
    void everyKeptFrameComesOnceAndInOrder() {
        for (int frames = 1; frames < 30; frames++) {
            for (int every = 1; every < 8; every++) {
                var cadence = new Cadence(frames, every);
                assertThat(cadence.steps().stream().filter(CadenceStep::isKept).map(CadenceStep::frame))
                        .as("%s", cadence)
                        .containsExactlyElementsOf(
                                IntStream.range(0, cadence.kept()).boxed().toList());
                assertThat(cadence.steps().stream().filter(step -> !(step instanceof Between)))
                        .hasSize(cadence.drawn().length);
            }
        }
    }

    @Test
    void whatComesOut() {
        assertThat(new Cadence(7, 1).kept()).isEqualTo(7);
        assertThat(new Cadence(7, 3).kept()).isEqualTo(6);
        assertThat(new Cadence(6, 3).kept()).isEqualTo(3);
        assertThat(new Cadence(3, 3).kept()).isZero();
        assertThatThrownBy(() -> new Cadence(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Cadence(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
