package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Processor;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Decides where each network computes, and in which type.
 *
 * <p>On a card: bfloat16, as long as the card has room for the network and for the work around it; what does not fit computes on the CPU.
 * On the CPU: float32 for weights stored so and for small networks, where exactness costs nothing; large bfloat16 networks stay bfloat16
 * where the processor multiplies it in hardware or float32 would not fit in memory. Large weights then stay in the mapped file.
 *
 * @param forced a type that the operator chose for all networks
 */
public record PlacementPolicy(Device device, Optional<DType> forced) {
    private static final long SMALL = 1L << 30;

    /** Card memory that stays free for activations. */
    private static final long WORKSPACE = 6L << 30;

    /** The placement of the network in a component folder; on a card, its room is measured now, so place the largest first. */
    public Placement place(Path folder) {
        ShardedFiles files = ShardedFiles.find(folder);
        DType onCard = forced.orElse(DType.BFLOAT16);
        if (device.isCuda() && elements(files) * onCard.bytes() + WORKSPACE <= device.freeBytes()) {
            return new Placement(device, onCard);
        }
        return new Placement(Device.CPU, forced.orElseGet(() -> onCpu(files)));
    }

    private static DType onCpu(ShardedFiles files) {
        long asFloat32 = elements(files) * DType.FLOAT32.bytes();
        boolean storedAsFloat32 = files.bytes() == asFloat32;
        boolean fits = asFloat32 <= Processor.memoryBytes() / 2;
        if (storedAsFloat32 || asFloat32 <= SMALL) {
            return DType.FLOAT32;
        }
        return fits && !Processor.multipliesBfloat16() ? DType.FLOAT32 : DType.BFLOAT16;
    }

    private static long elements(ShardedFiles files) {
        return files.files().stream()
                .flatMap(file -> file.entries().values().stream())
                .mapToLong(
                        entry -> (entry.end() - entry.start()) / entry.dtype().bytes())
                .sum();
    }
}
