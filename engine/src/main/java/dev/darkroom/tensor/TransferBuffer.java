package dev.darkroom.tensor;

import java.nio.ByteBuffer;

/**
 * Host memory from which a device's memory is filled: page-locked for a card, which then reads it at full speed, ordinary for the CPU.
 *
 * @param tensor its bytes for libtorch
 * @param bytes the same memory for Java, which any thread may write as long as the tensor lives
 */
public record TransferBuffer(Tensor tensor, ByteBuffer bytes) {
    /** Allocates {@code size} bytes in the innermost scope; those for a card need one. */
    public static TransferBuffer allocate(Device target, int size) {
        Tensor tensor = target.isCuda()
                ? Operators.PINNED.tensor((long) size)
                : Operators.EMPTY_BYTES.tensor((long) size, Device.CPU);
        return new TransferBuffer(tensor, tensor.memory());
    }

    /** Number of bytes. */
    public int size() {
        return bytes.capacity();
    }
}
