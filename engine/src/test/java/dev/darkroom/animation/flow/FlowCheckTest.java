package dev.darkroom.animation.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FlowCheckTest {
    private static final Size SIZE = new Size(40, 1);

    @Test
    void whatBothWaysAgreeAboutIsKept() {
        Flow flow = flow(2);
        Flow back = flow(-2);
        Arrays.fill(back.x(), 20, 40, 3);

        Flow kept = new FlowCheck(0).kept(flow, back);

        assertThat(Arrays.copyOf(kept.x(), 18)).containsOnly(2);
        assertThat(Arrays.copyOfRange(kept.x(), 18, 40)).containsOnly(0);
        assertThat(kept.y()).containsOnly(0);
        float[] soft = new FlowCheck(2).kept(flow, back).x();
        assertThat(soft[10]).isEqualTo(2);
        assertThat(soft[17]).isBetween(1f, 1.9f);
        assertThat(soft[18]).isBetween(0.1f, 1f);
        assertThat(soft[30]).isZero();
    }

    @Test
    void aShiftIsKeptWhole() {
        Picture first = Textures.shifted(96, 96, 0, 0);
        Picture second = Textures.shifted(96, 96, 5, -3);
        Flow flow = OpticalFlow.between(first, second);
        Flow kept = new FlowCheck(2).between(first, second);

        int middle = 48 * 96 + 48;
        assertThat(kept.x()[middle]).isEqualTo(flow.x()[middle]);
        assertThat(kept.y()[middle]).isEqualTo(flow.y()[middle]);
    }

    @Test
    void theBlurHasARange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FlowCheck(17))
                .withMessage("blur: must be from 0 to 16, not 17");
    }

    private static Flow flow(float right) {
        Flow flow = Flow.none(SIZE);
        Arrays.fill(flow.x(), right);
        return flow;
    }
}
