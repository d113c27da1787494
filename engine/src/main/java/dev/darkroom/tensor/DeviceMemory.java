package dev.darkroom.tensor;

import dev.darkroom.kernel.TorchMemory;
import java.lang.foreign.MemorySegment;

/**
 * One allocation in a device's memory in which many tensors lie, and the only place through which bytes of files reach a device. It is freed
 * when the scope that it was made in and all of its tensors are.
 */
public final class DeviceMemory {
    private final Tensor bytes;
    private final Device device;

    private DeviceMemory(Tensor bytes, Device device) {
        this.bytes = bytes;
        this.device = device;
    }

    /** Allocates {@code size} bytes in the innermost scope; what they hold is undefined. */
    public static DeviceMemory allocate(Device device, long size) {
        return new DeviceMemory(Operators.EMPTY_BYTES.tensor(size, device), device);
    }

    /** Makes the same of host memory that is somebody else's, which must stay as it is until this scope and all tensors here are freed. */
    public static DeviceMemory over(MemorySegment memory) {
        return new DeviceMemory(Tensor.over(memory), Device.CPU);
    }

    /** Returns the elements from byte {@code start} on, which must be a multiple of their size, as a view. */
    public Tensor tensor(DType dtype, long start, long... shape) {
        return Operators.VIEW_BYTES.tensor(bytes, dtype, start / dtype.bytes(), shape);
    }

    /** Copies the first {@code length} bytes of a buffer to byte {@code start}, and waits until the buffer may be written again. */
    public void fill(TransferBuffer buffer, long start, long length) {
        Operators.COPY_WINDOW.integer(buffer.tensor(), bytes, start, length);
    }

    /** Brings the first {@code length} bytes of a buffer to the device as they are, without waiting, for {@link #convert}. */
    public Tensor staged(TransferBuffer buffer, long length) {
        return Operators.STAGE.tensor(buffer.tensor(), length, device);
    }

    /**
     * Converts elements on the device, without waiting.
     *
     * @param staged what {@link #staged} returned
     * @param from type of the elements there, and the byte at which they start, a multiple of their size
     * @param to type of the elements here, and the byte at which they start, likewise
     */
    public void convert(Tensor staged, DType from, long fromByte, DType to, long toByte, long count) {
        Operators.CONVERT_BYTES.tensor(staged, from, fromByte / from.bytes(), bytes, to, toByte / to.bytes(), count);
    }

    /** Copies {@code count} elements, which must lie one after another, to byte {@code start}, a multiple of their size; without waiting. */
    public void put(Tensor elements, DType dtype, long start, long count) {
        convert(elements, dtype, 0, dtype, start, count);
    }

    /** Has a view of other memory, made by {@link #tensor}, see this one from byte {@code start} on: same type and shape, other numbers. */
    public void rebind(Tensor view, DType dtype, long start) {
        Operators.REBIND.integer(view, bytes, dtype, start / dtype.bytes());
    }

    /** Copies the first {@code length} bytes of another device's memory to the first of this, in the order of what was asked of this one. */
    public void copy(DeviceMemory from, long length) {
        convert(from.bytes, DType.UINT8, 0, DType.UINT8, 0, length);
    }

    /** Address of the first byte, in the device's own memory. */
    public long address(TorchMemory torch) {
        return torch.of(bytes.handle()).address();
    }

    /** Waits until the device has done all that was asked of it. */
    public void await() {
        bytes.await();
    }
}
