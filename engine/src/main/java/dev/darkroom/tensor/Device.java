package dev.darkroom.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.util.Optional;

/** Where tensors live and are computed: {@code cpu}, or the first CUDA card, {@code cuda:0}. */
public record Device(String name) {
    public static final Device CPU = new Device("cpu");
    public static final Device CUDA = new Device("cuda:0");

    public boolean isCuda() {
        return !equals(CPU);
    }

    /** Why there is no computing on CUDA here: no card answers, or this libtorch was built without CUDA. Empty if there is. */
    public static Optional<String> cudaIsMissing() {
        if (!CudaUtils.hasCuda() || CudaUtils.getGpuCount() < 1) {
            return Optional.of("no CUDA driver or card answers");
        }
        return Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA)
                ? Optional.empty()
                : Optional.of("this libtorch was built without CUDA");
    }

    /** Returns to the card what libtorch keeps of freed tensors for the next ones: only then is it free to the driver. */
    public void reclaim() {
        JniUtils.emptyCudaCache();
    }

    /** Bytes that the card can still give; only for a CUDA device. */
    public long freeBytes() {
        var usage = CudaUtils.getGpuMemory(ai.djl.Device.gpu());
        return usage.getMax() - usage.getCommitted();
    }

    /** Bytes that the card has; only for a CUDA device. */
    public long totalBytes() {
        return CudaUtils.getGpuMemory(ai.djl.Device.gpu()).getMax();
    }

    @Override
    public String toString() {
        return name;
    }
}
