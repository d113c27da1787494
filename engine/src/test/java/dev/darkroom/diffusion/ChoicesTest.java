package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoicesTest {
    @Test
    void aCardIsWarmedUpAtTheUsualSizeAndTheCpuAtASmallOne() {
        Choices choices = choices(Limits.STANDARD);

        for (Device card : List.of(Device.CUDA, Device.META)) {
            assertThat(choices.warmUp(card).size()).isEqualTo(new Size(1024, 1024));
            assertThat(choices.warmUp(card).steps()).isEqualTo(1);
        }
        assertThat(choices.warmUp(Device.CPU).size()).isEqualTo(new Size(64, 64));
        assertThat(choices.warmUp(Device.CPU).steps()).isEqualTo(1);
    }

    @Test
    void aSizeThatNoJobMayAskForIsNoWarmUpEither() {
        assertThat(choices(new Limits(1024 * 1024 - 1, 4096, 50, 4, 1000))
                        .warmUp(Device.CUDA)
                        .size())
                .isEqualTo(new Size(64, 64));
    }

    private static Choices choices(Limits limits) {
        var pipeline = new FluxPipeline(FluxCheckpoint.of(new Checkpoint("test", TestCheckpoints.POCKET_FLUX)));
        return new Choices(pipeline, pipeline.defaults(), limits, FlowMatchSchedule.lightning(), List.of());
    }
}
