package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * A stream of the first card beside libtorch's, in which it copies from page-locked memory while it computes, and that memory. Nothing here
 * waits but {@link #finish}.
 *
 * <p>Source: NVIDIA's driver API documentation, {@code docs.nvidia.com/cuda/cuda-driver-api}.
 */
public final class CopyStream {
    /** Else the stream would wait for libtorch's, which is the card's default one. */
    private static final int NON_BLOCKING = 1;

    private static final int WITHOUT_TIMING = 2;

    private final CudaDriver driver;
    private final CurrentStream computing;
    private final MethodHandle copy;
    private final MethodHandle record;
    private final MethodHandle wait;
    private final MemorySegment stream;
    private final MemorySegment computed;

    /** The moment at which a copy is done. */
    public static final class Arrived {
        private final MemorySegment event;

        private Arrived(MemorySegment event) {
            this.event = event;
        }
    }

    private CopyStream(CudaDriver driver, CurrentStream computing) {
        this.driver = driver;
        this.computing = computing;
        copy = driver.function(
                "cuMemcpyHtoDAsync_v2", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
        record = driver.function("cuEventRecord", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        wait = driver.function("cuStreamWaitEvent", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        stream = driver.pointer("cuStreamCreate", NON_BLOCKING); // never destroyed: there is one in a process
        computed = driver.pointer("cuEventCreate", WITHOUT_TIMING);
    }

    /**
     * Opens a stream.
     *
     * @param folders searched for libraries, before the system's own search
     * @throws KernelException that says what is missing
     */
    public static CopyStream open(List<Path> folders) {
        return new CopyStream(
                CudaDriver.find(folders)
                        .orElseThrow(() -> new KernelException("NVIDIA's driver (libcuda.so.1) is not there")),
                CurrentStream.find(folders));
    }

    /** Makes a moment for one place after another to wait for. */
    public Arrived moment() {
        driver.enterContext();
        return new Arrived(driver.pointer("cuEventCreate", WITHOUT_TIMING));
    }

    /** Frees a moment that nobody waits for any more. */
    public void forget(Arrived moment) {
        driver.enterContext();
        driver.call("cuEventDestroy_v2", moment.event);
    }

    /**
     * Allocates page-locked memory of the host, to be freed by {@link #unlock}.
     *
     * @throws KernelException if there is not as much
     */
    public MemorySegment lock(long bytes) {
        driver.enterContext();
        return driver.pointer("cuMemHostAlloc", bytes, 0).reinterpret(bytes);
    }

    /** Frees what {@link #lock} allocated; no copy from it may be under way. */
    public void unlock(MemorySegment memory) {
        driver.enterContext();
        driver.call("cuMemFreeHost", memory);
    }

    /**
     * Copies page-locked memory to an address on the card, once the card has done all that libtorch has told it to so far: what lies there
     * may be in use until then.
     *
     * @param arrived comes when the copy is done
     */
    public void copy(MemorySegment from, long to, long bytes, Arrived arrived) {
        try {
            driver.enterContext(); // a context belongs to a thread, and this one may be new
            driver.check((int) record.invokeExact(computed, computing.pointer()), "cuEventRecord");
            driver.check((int) wait.invokeExact(stream, computed, 0), "cuStreamWaitEvent");
            driver.check((int) copy.invokeExact(to, from, bytes, stream), "cuMemcpyHtoDAsync");
            driver.check((int) record.invokeExact(arrived.event, stream), "cuEventRecord");
        } catch (Throwable e) {
            throw SharedLibrary.failed("cuMemcpyHtoDAsync", e);
        }
    }

    /** Has all that libtorch tells the card from now on wait for a copy. */
    public void await(Arrived arrived) {
        try {
            driver.enterContext();
            driver.check((int) wait.invokeExact(computing.pointer(), arrived.event, 0), "cuStreamWaitEvent");
        } catch (Throwable e) {
            throw SharedLibrary.failed("cuStreamWaitEvent", e);
        }
    }

    /** Waits until all copies are done. */
    public void finish() {
        driver.enterContext();
        driver.call("cuStreamSynchronize", stream);
    }
}
