package dev.darkroom.ring;

import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.DeviceMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Memory of the host in which the weights of a block lie. */
final class HostMemory {
    private final long bytes;
    private final @Nullable DeviceMemory memory;
    private final @Nullable MemorySegment locked;

    private HostMemory(long bytes, @Nullable DeviceMemory memory, @Nullable MemorySegment locked) {
        this.bytes = bytes;
        this.memory = memory;
        this.locked = locked;
    }

    /** Allocates memory that the system may move, in the innermost scope. */
    static HostMemory ordinary(long bytes) {
        return new HostMemory(bytes, DeviceMemory.allocate(Device.CPU, bytes), null);
    }

    /** Makes page-locked memory one of libtorch's, in the innermost scope. */
    static HostMemory locked(MemorySegment locked) {
        return new HostMemory(locked.byteSize(), DeviceMemory.over(locked), locked);
    }

    /** Stands for memory where there are no numbers. */
    static HostMemory none(long bytes) {
        return new HostMemory(bytes, null, null);
    }

    long bytes() {
        return bytes;
    }

    /** True unless there are no numbers. */
    boolean isThere() {
        return memory != null;
    }

    DeviceMemory memory() {
        if (memory == null) {
            throw new IllegalStateException("there are no numbers");
        }
        return memory;
    }

    /** The memory itself, if it is page-locked. */
    @Nullable
    MemorySegment locked() {
        return locked;
    }
}
