package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads from libtorch where a tensor lies, through the C functions that it offers to compiled models.
 *
 * <p>Source: pytorch/pytorch, {@code torch/csrc/inductor/aoti_torch/c/shim.h}.
 */
public final class TorchMemory {
    private static final int CPU = 0;
    private static final int CUDA = 1;

    private final MethodHandle address;
    private final MethodHandle dimensions;
    private final MethodHandle sizes;
    private final MethodHandle strides;
    private final MethodHandle type;
    private final MethodHandle device;

    private TorchMemory(SharedLibrary libtorch) {
        address = getter(libtorch, "aoti_torch_get_data_ptr");
        dimensions = getter(libtorch, "aoti_torch_get_dim");
        sizes = getter(libtorch, "aoti_torch_get_sizes");
        strides = getter(libtorch, "aoti_torch_get_strides");
        type = getter(libtorch, "aoti_torch_get_dtype");
        device = getter(libtorch, "aoti_torch_get_device_type");
    }

    /**
     * Binds the functions of the libtorch that this process has loaded.
     *
     * @throws KernelException if it does not have them
     */
    public static TorchMemory bind() {
        // a library that is loaded already is found by its name, wherever it lies
        return new TorchMemory(SharedLibrary.find(List.<Path>of(), "", "libtorch_cpu.so")
                .orElseThrow(() -> new KernelException("libtorch_cpu.so is not loaded")));
    }

    private static MethodHandle getter(SharedLibrary libtorch, String name) {
        return libtorch.function(name, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    }

    /** Reads where a tensor lies whose {@code at::Tensor} is at the address {@code handle}. */
    public Memory of(long handle) {
        MemorySegment tensor = MemorySegment.ofAddress(handle);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_LONG);
            long count = get(dimensions, tensor, result).get(JAVA_LONG, 0);
            return new Memory(
                    get(address, tensor, result).get(JAVA_LONG, 0),
                    get(type, tensor, result).get(JAVA_INT, 0),
                    switch (get(device, tensor, result).get(JAVA_INT, 0)) {
                        case CPU -> Memory.Place.CPU;
                        case CUDA -> Memory.Place.CARD;
                        default -> Memory.Place.ELSEWHERE;
                    },
                    longs(get(sizes, tensor, result), count),
                    longs(get(strides, tensor, result), count));
        }
    }

    private static MemorySegment get(MethodHandle getter, MemorySegment tensor, MemorySegment result) {
        try {
            int status = (int) getter.invokeExact(tensor, result);
            if (status != 0) {
                throw new KernelException("libtorch does not say where a tensor lies");
            }
            return result;
        } catch (Throwable e) {
            throw SharedLibrary.failed("libtorch", e);
        }
    }

    private static long[] longs(MemorySegment pointer, long count) {
        return count == 0
                ? new long[0]
                : pointer.get(ADDRESS, 0).reinterpret(count * Long.BYTES).toArray(JAVA_LONG);
    }
}
