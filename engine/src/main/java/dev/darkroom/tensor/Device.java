package dev.darkroom.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A device that holds tensors and computes on them: {@code cpu}, or the first CUDA card, {@code cuda:0}; or {@code meta}, which stands for
 * a card where there is none: its tensors have shapes, types and a device, and no numbers.
 */
public record Device(String name) {
    public static final Device CPU = new Device("cpu");
    public static final Device CUDA = new Device("cuda:0");

    /** Needs the operators' text for it, which lies among the tests, for libtorch cannot compute all shapes by itself. */
    public static final Device META = new Device("meta");

    /** Memory of the card that {@link #META} stands for: that of an H200, unless a test has another. */
    static long totalOnMeta = 141L << 30;

    /** Counts what lies on {@link #META}, where somebody does. */
    static LongSupplier usedOnMeta = () -> 0;

    /** True for a card, or what stands for one: it has memory of its own, which weights are copied to. */
    public boolean isCard() {
        return !equals(CPU);
    }

    /** True for a CUDA card itself, which kernels can be launched on. */
    public boolean isCuda() {
        return equals(CUDA);
    }

    /** The device that the operator {@code device_of} numbers so. */
    static Device ofCode(long code) {
        return code == 0 ? CPU : code == 1 ? CUDA : META;
    }

    /**
     * Checks that CUDA can be used: empty if so, otherwise the reason, no driver or card that answers or a libtorch that was built without
     * CUDA.
     */
    public static Optional<String> cudaIsMissing() {
        if (!CudaUtils.hasCuda() || CudaUtils.getGpuCount() < 1) {
            return Optional.of("no CUDA driver or card answers");
        }
        return Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA)
                ? Optional.empty()
                : Optional.of("this libtorch was built without CUDA");
    }

    /** Empties libtorch's cache of freed card memory, which it keeps for its next tensors: only then does the driver count it as free. */
    public void reclaim() {
        if (isCuda()) {
            Engine.getEngine("PyTorch"); // loads libtorch, unless something did before
            try {
                JniUtils.emptyCudaCache();
            } catch (EngineException e) {
                throw new TensorException("memory of the card cannot be given back: " + e.getMessage(), e);
            }
        }
    }

    /** Free memory of the card in bytes; only for a card. */
    public long freeBytes() {
        if (!isCuda()) {
            return totalBytes() - usedOnMeta.getAsLong();
        }
        MemoryUsage usage = memory();
        return usage.getMax() - usage.getCommitted();
    }

    /** Total memory of the card in bytes; only for a card. */
    public long totalBytes() {
        if (!isCuda()) {
            return totalOnMeta;
        }
        return memory().getMax();
    }

    /** Asks the driver, which a lost card cannot answer. */
    private static MemoryUsage memory() {
        try {
            return CudaUtils.getGpuMemory(ai.djl.Device.gpu());
        } catch (EngineException e) {
            throw new TensorException("the memory of the card is not known: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
