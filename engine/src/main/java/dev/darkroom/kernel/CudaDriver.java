package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's driver for the first card: loads machine code and launches it, in the context of the CUDA runtime, which is libtorch's too.
 *
 * <p>Source: NVIDIA's driver API documentation, {@code docs.nvidia.com/cuda/cuda-driver-api}.
 */
final class CudaDriver {
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final FunctionDescriptor LAUNCH = FunctionDescriptor.of(
            JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS,
            ADDRESS);

    private final SharedLibrary library;
    private final MethodHandle launch;
    private final MethodHandle setContext;
    private final MemorySegment context;
    private final int version;
    private final String architecture;

    private CudaDriver(SharedLibrary library) {
        this.library = library;
        launch = library.function("cuLaunchKernel", LAUNCH);
        setContext = library.function("cuCtxSetCurrent", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        check(library.call("cuInit", 0), "cuInit");
        version = integer("cuDriverGetVersion");
        int device = integer("cuDeviceGet", 0);
        architecture = "sm_" + integer("cuDeviceGetAttribute", CAPABILITY_MAJOR, device)
                + integer("cuDeviceGetAttribute", CAPABILITY_MINOR, device);
        // never released: libtorch keeps it until the process ends as well
        context = pointer("cuDevicePrimaryCtxRetain", device);
        enterContext();
    }

    /** Opens the driver; empty if there is none. */
    static Optional<CudaDriver> find(List<Path> folders) {
        return SharedLibrary.find(folders, "libcuda.so.1", "libcuda.so.1").map(CudaDriver::new);
    }

    /** Newest version of CUDA that the driver knows, such as 12080. */
    int version() {
        return version;
    }

    /** Architecture of the card, such as {@code sm_90}. */
    String architecture() {
        return architecture;
    }

    /** Loads machine code, until the process ends. */
    MemorySegment load(byte[] cubin) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment module = arena.allocate(ADDRESS);
            MemorySegment image = arena.allocate(cubin.length, 16).copyFrom(MemorySegment.ofArray(cubin));
            check(library.call("cuModuleLoadData", module, image), "cuModuleLoadData");
            return module.get(ADDRESS, 0);
        }
    }

    MemorySegment function(MemorySegment module, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = arena.allocate(ADDRESS);
            check(library.call("cuModuleGetFunction", function, module, arena.allocateFrom(name)), name);
            return function.get(ADDRESS, 0);
        }
    }

    /** Puts a launch into a stream, behind all that libtorch has put there; does not wait for it. */
    void launch(
            MemorySegment function, int columns, int rows, int threads, MemorySegment stream, MemorySegment arguments) {
        try {
            enterContext(); // a context belongs to a thread, and this one may be new
            check(
                    (int) launch.invokeExact(
                            function, columns, rows, 1, threads, 1, 1, 0, stream, arguments, MemorySegment.NULL),
                    "cuLaunchKernel");
        } catch (Throwable e) {
            throw SharedLibrary.failed("cuLaunchKernel", e);
        }
    }

    /** Makes the calling thread one of the card's. */
    void enterContext() {
        try {
            check((int) setContext.invokeExact(context), "cuCtxSetCurrent");
        } catch (Throwable e) {
            throw SharedLibrary.failed("cuCtxSetCurrent", e);
        }
    }

    /** Binds a function that is called often. */
    MethodHandle function(String symbol, FunctionDescriptor descriptor) {
        return library.function(symbol, descriptor);
    }

    /** Calls a function once in a while. */
    void call(String function, Object... arguments) {
        check(library.call(function, arguments), function);
    }

    private int integer(String function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_INT);
            check(library.call(function, with(result, arguments)), function);
            return result.get(JAVA_INT, 0);
        }
    }

    /** Calls a function that makes something, and returns what it made. */
    MemorySegment pointer(String function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ADDRESS);
            check(library.call(function, with(result, arguments)), function);
            return result.get(ADDRESS, 0);
        }
    }

    private static Object[] with(MemorySegment result, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = result;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }

    void check(int status, String function) {
        if (status != 0) {
            throw new KernelException(function + " failed: " + reason(status));
        }
    }

    private String reason(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ADDRESS);
            return library.call("cuGetErrorString", status, text) == 0
                    ? text.get(ADDRESS, 0).reinterpret(1024).getString(0)
                    : "CUDA error " + status;
        }
    }
}
