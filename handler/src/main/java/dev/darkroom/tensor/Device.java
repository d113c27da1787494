package dev.darkroom.tensor;

import ai.djl.util.cuda.CudaUtils;

/** Where tensors live and are computed: {@code cpu}, or the first CUDA card, {@code cuda:0}. */
public record Device(String name) {
    public static final Device CPU = new Device("cpu");
    public static final Device CUDA = new Device("cuda:0");

    public boolean isCuda() {
        return !equals(CPU);
    }

    /** True if a CUDA driver and at least one card answer. */
    public static boolean cudaIsPresent() {
        return CudaUtils.hasCuda() && CudaUtils.getGpuCount() > 0;
    }

    /** Bytes that the card can still give; only for a CUDA device. */
    public long freeBytes() {
        var usage = CudaUtils.getGpuMemory(ai.djl.Device.gpu());
        return usage.getMax() - usage.getCommitted();
    }

    @Override
    public String toString() {
        return name;
    }
}
