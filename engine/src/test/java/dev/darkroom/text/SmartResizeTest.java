package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a picture's size, the vision tower sees multiples of a merge group, not too many and not too few. */
class SmartResizeTest {
    private static final SmartResize RESIZE = new SmartResize(28, 3136, 1_000_000);

    @ParameterizedTest
    @CsvSource({"1,1", "1,200", "200,1", "13,13", "14,14", "27,2000", "64,4096", "4096,4096", "8192,41", "30000,200"})
    void theAreaIsWithinBoundsAndTheSidesAreMultiples(int width, int height) {
        Size resized = RESIZE.apply(new Size(width, height));
        assertThat(resized.width() % 28).isZero();
        assertThat(resized.height() % 28).isZero();
        assertThat(resized.area()).isBetween(3136L, 1_000_000L);
    }

    @Test
    void halvesGoToTheEvenMultiple() {
        assertThat(RESIZE.apply(new Size(70, 98))).isEqualTo(new Size(56, 112)); // 2.5 and 3.5 groups
    }

    @Test
    void aStripIsRefused() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> RESIZE.apply(new Size(201, 1)))
                .withMessageContainingAll("image", "200", "201x1")
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(JobException.Code.BAD_INPUT));
    }
}
