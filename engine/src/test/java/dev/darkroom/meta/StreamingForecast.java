package dev.darkroom.meta;

import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/**
 * What a step is expected to take where the card has no room for the whole transformer: blocks come from the host while others are computed
 * with, so it is the longer of the two. Computed from sizes; nothing is measured.
 */
final class StreamingForecast {
    private static final double GIGA = 1e9;

    /** Bytes a second that page-locked memory is read at: of PCIe 4 and 5 with 16 lanes. */
    private static final List<Double> RATES = List.of(25e9, 50e9);

    private static final List<Integer> GIGABYTES = List.of(8, 12, 16, 24);

    /** What libtorch and its libraries take, about. */
    private static final double LIBRARIES = 0.8e9;

    private final List<HeldSizes> others = new ArrayList<>();
    private final HeldSizes transformer;
    private final double activations;
    private final double computing;
    private final int passes;

    /**
     * Measures a model's networks.
     *
     * @param activations bytes
     * @param computing seconds that a card takes for a step
     * @param passes of the transformer in a step
     */
    StreamingForecast(ImageModel model, Precision precision, double activations, double computing, int passes) {
        List<HeldSizes> found = new ArrayList<>();
        for (Resident<?> network : model.networks()) {
            boolean draws = network.role() == Resident.Role.TRANSFORMER;
            (draws ? found : others).add(network.sizes(DType.BFLOAT16, draws ? precision : Precision.PLAIN));
        }
        transformer = found.getFirst();
        this.activations = activations;
        this.computing = computing;
        this.passes = passes;
    }

    /** A line of the table in docs/performance.md for each size of a card's memory. */
    String rows(String name) {
        return GIGABYTES.stream().map(gigabytes -> row(name, gigabytes)).collect(Collectors.joining("\n"));
    }

    private String row(String name, int gigabytes) {
        int resident = resident(gigabytes * (double) (1 << 30));
        if (resident < 0) {
            return String.format(Locale.ROOT, "| %s | %d GiB | too small | | | |", name, gigabytes);
        }
        HeldSizes.Bytes held = transformer.of(Holding.streamed(resident));
        double copied = (double) passes * held.streamed();
        return String.format(
                Locale.ROOT,
                "| %s | %d GiB | %d of %d | %.1f | %s | %s |",
                name,
                gigabytes,
                resident,
                transformer.blocks(),
                copied / GIGA,
                milliseconds(rate -> copied / rate),
                milliseconds(rate -> Math.max(computing, copied / rate)));
    }

    private static String milliseconds(DoubleUnaryOperator seconds) {
        return RATES.stream()
                .map(rate -> String.format(Locale.ROOT, "%.0f", 1000 * seconds.applyAsDouble(rate)))
                .collect(Collectors.joining(", "));
    }

    /** The most blocks that can stay on a card; negative if it cannot have the network even without. */
    private int resident(double memory) {
        int most = transformer.blocks();
        while (most >= 0 && needed(Holding.streamed(most)) > memory) {
            most--;
        }
        return most;
    }

    private double needed(Holding holding) {
        HeldSizes.Bytes held = transformer.of(holding);
        double device = held.device();
        long slot = held.slot();
        for (HeldSizes other : others) {
            HeldSizes.Bytes its = other.of(Holding.STREAMED);
            device += its.device();
            slot = Math.max(slot, its.slot());
        }
        return device + 2 * slot + activations + LIBRARIES;
    }
}
