package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.model.HeldNetworks;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.Allocations;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Precision;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is measured from headers is what is allocated, to the byte. */
class HeldSizesTest {
    static Stream<Placement> placements() {
        return Stream.of(DType.FLOAT32, DType.BFLOAT16)
                .flatMap(dtype -> Stream.of(Precision.PLAIN, Precision.FP8_PRODUCTS)
                        .flatMap(precision -> Stream.of(
                                        Holding.RESIDENT,
                                        Holding.STREAMED,
                                        Holding.streamed(1),
                                        new Holding.Streamed(2, 3),
                                        Holding.streamed(100))
                                .map(holding -> new Placement(Device.CPU, dtype, precision, holding))));
    }

    @ParameterizedTest
    @MethodSource("placements")
    void whatIsMeasuredIsAllocated(Placement placement) {
        for (Path checkpoint : List.of(TestCheckpoints.POCKET_FLUX, TestCheckpoints.POCKET_EDIT, TinyLongCat.IMAGE)) {
            try (ImageModel model = LoadedModel.open("sizes", checkpoint)) {
                model.networks().stream()
                        .filter(network -> network.role() != Resident.Role.VAE)
                        .forEach(network -> assertAllocated(network, placement));
            }
        }
    }

    /** Memory of the host comes first, then the slots, then what stays on the device. */
    private static void assertAllocated(Resident<?> network, Placement placement) {
        long before = Scope.liveTensors();
        HeldSizes.Bytes sizes = HeldNetworks.sizes(network, placement);
        assertThat(Scope.liveTensors()).isEqualTo(before);
        List<Long> allocated;
        try (var noted = Allocations.noted()) {
            AsOnACard.load(() -> HeldNetworks.load(network, placement));
            allocated = noted.bytes();
        }
        Iterator<Long> bytes = allocated.iterator();
        long host = 0;
        while (host < sizes.host()) {
            host += bytes.next();
        }
        assertThat(host).as("%s %s: host", network, placement).isEqualTo(sizes.host());
        for (int slot = 0; slot < sizes.slots(); slot++) {
            assertThat(bytes.next()).isEqualTo(sizes.slot());
        }
        assertThat(bytes.next()).as("%s %s: device", network, placement).isEqualTo(sizes.device());
        network.close();
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aBlockMoreOnTheDeviceIsOneLessToCome() {
        try (ImageModel model = LoadedModel.open("sizes", TestCheckpoints.POCKET_FLUX)) {
            HeldSizes sizes = model.networks().stream()
                    .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                    .findFirst()
                    .orElseThrow()
                    .sizes(DType.BFLOAT16, Precision.PLAIN);
            HeldSizes.Bytes none = sizes.of(Holding.STREAMED);
            HeldSizes.Bytes all = sizes.of(Holding.streamed(sizes.blocks()));
            HeldSizes.Bytes resident = sizes.of(Holding.RESIDENT);

            assertThat(sizes.blocks()).isPositive();
            assertThat(none.streamed()).isPositive();
            assertThat(all.streamed()).isZero();
            assertThat(all.host()).as("modulations").isPositive();
            assertThat(none.device()).isLessThan(all.device());
            assertThat(all.device()).isLessThan(resident.device());
            assertThat(resident.host()).isZero();
            assertThat(none.device() + none.host()).isGreaterThanOrEqualTo(resident.device());
        }
    }
}
