package dev.darkroom.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.util.Optional;

/** A device that holds tensors and computes on them: {@code cpu}, or the first CUDA card, {@code cuda:0}. */
public record Device(String name) {
    public static final Device CPU = new Device("cpu");
    public static final Device CUDA = new Device("cuda:0");

    /** True for a CUDA card, false for the CPU. */
    public boolean isCuda() {
        return !equals(CPU);
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
        JniUtils.emptyCudaCache();
    }

    /** Free memory of the card in bytes; only for a CUDA device. */
    public long freeBytes() {
        var usage = CudaUtils.getGpuMemory(ai.djl.Device.gpu());
        return usage.getMax() - usage.getCommitted();
    }

    /** Total memory of the card in bytes; only for a CUDA device. */
    public long totalBytes() {
        return CudaUtils.getGpuMemory(ai.djl.Device.gpu()).getMax();
    }

    @Override
    public String toString() {
        return name;
    }
}
