package dev.darkroom.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.host.Processor;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Where networks compute and in which type, by their size and the memory that there is. */
class PlacementPolicyTest {
    private static final WeightSize SMALL = bfloat16(1000);
    private static final WeightSize LARGE = bfloat16(12_000_000_000L);

    @Test
    void onACardEverythingIsBfloat16() {
        assertThat(policy(Device.CUDA, OptionalLong.empty()).preferred(SMALL))
                .isEqualTo(new Placement(Device.CUDA, DType.BFLOAT16));
    }

    @Test
    void onTheCpuSmallNetworksAndThoseStoredSoAreFloat32() {
        var policy = policy(Device.CPU, OptionalLong.of(0));
        var stored = new WeightSize(12_000_000_000L, 48_000_000_000L);

        assertThat(policy.preferred(SMALL)).isEqualTo(new Placement(Device.CPU, DType.FLOAT32));
        assertThat(policy.preferred(stored)).isEqualTo(new Placement(Device.CPU, DType.FLOAT32));
    }

    @Test
    void aLargeNetworkThatFloat32WouldNotFitStaysBfloat16() {
        assertThat(policy(Device.CPU, OptionalLong.of(47_999_999_999L)).preferred(LARGE))
                .isEqualTo(new Placement(Device.CPU, DType.BFLOAT16));
        assertThat(policy(Device.CPU, OptionalLong.of(48_000_000_000L))
                        .preferred(LARGE)
                        .dtype())
                .isEqualTo(Processor.multipliesBfloat16() ? DType.BFLOAT16 : DType.FLOAT32);
    }

    /** Sizes of FLUX.1's autoencoder, of its smaller text encoder and of the embedded autoencoder. */
    @Test
    void onTheCpuWorkDecidesTheTypeOfASmallNetwork() {
        var policy = policy(Device.CPU, OptionalLong.empty());
        DType faster = Processor.multipliesBfloat16() ? DType.BFLOAT16 : DType.FLOAT32;

        assertThat(policy.preferred(bfloat16(83_819_683).usedTimes(100_000)).dtype())
                .isEqualTo(faster);
        assertThat(policy.preferred(bfloat16(123_060_480).usedTimes(512)).dtype())
                .isEqualTo(DType.FLOAT32);
        assertThat(policy.preferred(bfloat16(1_000_000).usedTimes(100_000)).dtype())
                .isEqualTo(DType.FLOAT32);
    }

    @Test
    void aTypeThatTheOperatorChoseIsTaken() {
        var policy = new PlacementPolicy(Device.CUDA, Optional.of(DType.FLOAT32), OptionalLong.empty());

        assertThat(policy.preferred(LARGE)).isEqualTo(new Placement(Device.CUDA, DType.FLOAT32));
        assertThat(policy.onCpu(LARGE)).isEqualTo(new Placement(Device.CPU, DType.FLOAT32));
    }

    @Test
    void theCpuHasRoomForHalfOfTheMemoryUnlessTheOperatorSaysOtherwise() {
        long half = Processor.memoryBytes() / 2;

        assertThat(policy(Device.CPU, OptionalLong.empty()).roomOnCpu(10)).isEqualTo(half - 10);
        assertThat(policy(Device.CPU, OptionalLong.of(100)).roomOnCpu(10)).isEqualTo(90);
        assertThat(policy(Device.CPU, OptionalLong.of(100)).roomOnCpu(110)).isEqualTo(-10);
        assertThat(policy(Device.CUDA, OptionalLong.of(100)).roomOnCpu(0))
                .as("the setting is for the card")
                .isEqualTo(half);
    }

    @Test
    void aCardHasWhatItsDriverSaysAndNoMoreWeightsThanTheOperatorWants() {
        long gib = 1L << 30;

        assertThat(policy(Device.META, OptionalLong.empty()).freeOnCard()).isEqualTo(141 * gib);
        assertThat(policy(Device.META, OptionalLong.empty()).mostOnDevice()).isEqualTo(Long.MAX_VALUE);
        assertThat(policy(Device.META, OptionalLong.of(30 * gib)).mostOnDevice())
                .isEqualTo(30 * gib);
    }

    private static PlacementPolicy policy(Device device, OptionalLong memory) {
        return new PlacementPolicy(device, Optional.empty(), memory);
    }

    private static WeightSize bfloat16(long elements) {
        return new WeightSize(elements, 2 * elements);
    }
}
