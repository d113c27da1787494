package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTest {
    @ParameterizedTest
    @CsvSource({"25, 0.28, 18", "50, 0.14, 43", "50, 0.28, 36", "100, 0.07, 93", "4, 0.6, 1", "4, 1, 0", "4, , 0"})
    void strengthStartsAtTheReferencesStep(int steps, @Nullable Double strength, int first) {
        var run = new Run(
                "",
                null,
                new Size(64, 64),
                steps,
                null,
                1,
                strength,
                64,
                FlowMatchSchedule.lightning(),
                "",
                StepCache.OFF);

        assertThat(run.firstStep()).isEqualTo(first);
    }
}
