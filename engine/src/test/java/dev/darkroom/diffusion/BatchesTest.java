package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Limits;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Placement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many pictures a pass of the transformer is given. */
class BatchesTest {
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    private static final long SMALL = 20L << 20;
    private static final long LARGE = 24L << 30;

    @ParameterizedTest
    @CsvSource({
        "cpu, 64, 4", "cpu, 1024, 4", "cpu, 1025, 3", "cpu, 2048, 2", "cpu, 2049, 1", "cpu, 100000, 1",
        "meta, 64, 4", "meta, 256, 4", "meta, 257, 3", "meta, 512, 2", "meta, 513, 1", "meta, 1024, 1",
        "fp8, 1024, 4", "fp8, 1025, 3", "fp8, 4096, 1"
    })
    void aPassGetsSoManyPicturesAsItIsFasterWith(String device, int tokens, int most) {
        boolean card = !device.equals("cpu");
        var placement = new Placement(card ? Device.META : Device.CPU, DType.BFLOAT16, device.equals("fp8"));
        assertThat(Batches.of(placement, card ? LARGE : SMALL, tokens, Limits.STANDARD))
                .isEqualTo(new Batches(most));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1024})
    void onTheCpuALargeNetworkDrawsOneAtATime(int tokens) {
        assertThat(Batches.of(CPU, LARGE, tokens, Limits.STANDARD)).isEqualTo(Batches.SINGLE);
    }

    @ParameterizedTest
    @CsvSource({"256, 2", "512, 1"})
    void aWorkerOfSmallPicturesGivesAPassNoMoreThanItsLargestPictureHas(int tokens, int most) {
        Limits small = new Limits(512 * 256, 512, 10, 10, 100);

        assertThat(Batches.of(CPU, SMALL, tokens, small)).isEqualTo(new Batches(most));
    }
}
