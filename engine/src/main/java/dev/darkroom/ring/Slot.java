package dev.darkroom.ring;

import dev.darkroom.kernel.CopyStream;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.DeviceMemory;
import dev.darkroom.tensor.Scope;
import org.jspecify.annotations.Nullable;

/** A place on the device for one block after another. */
final class Slot implements AutoCloseable {
    private final DeviceMemory memory;
    private final long bytes;
    private final Scope scope;

    /** The block whose bytes are here, or come; null if nobody can say. */
    @Nullable
    StreamedBlock holds;

    /** When they are here, if a stream of copies brings them. */
    CopyStream.@Nullable Arrived arrived;

    private Slot(DeviceMemory memory, long bytes, Scope scope) {
        this.memory = memory;
        this.bytes = bytes;
        this.scope = scope;
    }

    static Slot allocate(Device device, long bytes) {
        Scope scope = Scope.open("slot");
        try {
            return new Slot(DeviceMemory.allocate(device, bytes), bytes, scope);
        } finally {
            scope.detach();
        }
    }

    DeviceMemory memory() {
        return memory;
    }

    long bytes() {
        return bytes;
    }

    /** Frees the memory once nothing is a view of it any more. */
    @Override
    public void close() {
        scope.close();
    }
}
