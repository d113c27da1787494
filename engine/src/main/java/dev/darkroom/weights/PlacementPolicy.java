package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.host.Processor;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides on which device and in which type each network computes, and how much memory all of them may take.
 *
 * <p>On a card: bfloat16.
 * On the CPU: float32 for weights stored so and for networks that are small and have little to do, where exactness costs nothing; others
 * stay bfloat16 where the processor multiplies it in hardware, which halves their time. Work counts and not size alone: the weights of an
 * autoencoder are few, and go over every pixel. Large networks stay bfloat16 too where float32 would not fit in memory. Their weights then
 * stay in the mapped file.
 *
 * @param forced the type for all networks, if whoever runs this has chosen one
 * @param memory most bytes that weights may take on the device; empty for all that the card has, or half of the machine's memory
 * @param precision what becomes of layers that bear fp8; the device has to be able to
 */
public record PlacementPolicy(Device device, Optional<DType> forced, OptionalLong memory, Precision precision) {
    private static final long SMALL = 1L << 30;

    /** Floating-point operations of a picture from which on bfloat16 spares seconds of it. */
    private static final double MUCH_WORK = 4e12;

    /** Makes a policy without fp8. */
    public PlacementPolicy(Device device, Optional<DType> forced, OptionalLong memory) {
        this(device, forced, memory, Precision.PLAIN);
    }

    /** Makes a policy in which layers that bear fp8 are multiplied so, or none are. */
    public PlacementPolicy(Device device, Optional<DType> forced, OptionalLong memory, boolean fp8) {
        this(device, forced, memory, fp8 ? Precision.FP8_PRODUCTS : Precision.PLAIN);
    }

    /** Chooses the placement of a network of this size for when there is room. */
    public Placement preferred(WeightSize size) {
        return device.isCard()
                ? new Placement(device, forced.orElse(DType.BFLOAT16), precision(size), Holding.RESIDENT)
                : onCpu(size);
    }

    /** Chooses the placement on the CPU of a network of this size. */
    public Placement onCpu(WeightSize size) {
        return new Placement(
                Device.CPU,
                forced.orElseGet(() -> typeOnCpu(size)),
                device.isCard() ? Precision.PLAIN : precision(size),
                Holding.RESIDENT);
    }

    /** What becomes of layers that bear fp8, if the network has any. */
    private Precision precision(WeightSize size) {
        return size.fp8().elements() > 0 ? precision : Precision.PLAIN;
    }

    private DType typeOnCpu(WeightSize size) {
        long asFloat32 = size.in(DType.FLOAT32);
        if (size.bytes() == asFloat32) {
            return DType.FLOAT32;
        }
        boolean gains = Processor.multipliesBfloat16();
        if (asFloat32 <= SMALL) {
            return gains && size.work() >= MUCH_WORK ? DType.BFLOAT16 : DType.FLOAT32;
        }
        return asFloat32 <= mostOnCpu() && !gains ? DType.FLOAT32 : DType.BFLOAT16;
    }

    /**
     * Bytes that further weights may take on the CPU; negative if there are too many already. It is a budget, in which mapped weights count
     * like copied ones: every step reads all of them, so pages that the system drops for want of memory come from the disk again in each step,
     * a hundred times slower.
     *
     * @param used bytes that weights take there now
     */
    public long roomOnCpu(long used) {
        return mostOnCpu() - used;
    }

    /** Most bytes that weights may take on the device, as whoever runs this has chosen. */
    public long mostOnDevice() {
        return memory.orElse(Long.MAX_VALUE);
    }

    /** Bytes that a card has free now, by its driver, for weights and all else. */
    public long freeOnCard() {
        device.reclaim();
        return device.freeBytes();
    }

    private long mostOnCpu() {
        long half = Processor.memoryBytes() / 2;
        return device.isCard() ? half : memory.orElse(half);
    }
}
