package dev.darkroom.model;

import dev.darkroom.tensor.Device;

/**
 * What a device takes for a run beside weights and the tensors that are counted: workspaces of libraries, and gaps between tensors.
 *
 * @param factor on the bytes of tensors
 * @param fixed bytes whatever is computed
 */
record Workspace(double factor, long fixed) {
    /**
     * Of a CUDA card. An H100 took 3.2 GB for a picture of 1024×1024, whose tensors take 1.6 at the peak: cuDNN's plans, cuBLAS's workspace
     * and the blocks that libtorch's allocator rounds up to.
     */
    private static final Workspace CARD = new Workspace(5 / 3.0, 512L << 20);

    /** Of the CPU, found with the embedded models: oneDNN's copies in its own layouts, gaps of the allocator. */
    private static final Workspace CPU = new Workspace(1, 64L << 20);

    private static final Workspace NONE = new Workspace(1, 0);

    static Workspace of(Device device) {
        return device.isCuda() ? CARD : device.isCard() ? NONE : CPU;
    }

    long around(long activations) {
        return (long) (factor * activations) + fixed;
    }
}
