package dev.darkroom.tensor;

import java.util.List;
import java.util.Locale;

/** Thrown when an operator fails in libtorch. The message names the operator, the shapes of its arguments and libtorch's reason. */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the allocators of libtorch and CUDA's libraries say, among them some that call it an internal error. */
    private static final List<String> NO_MEMORY = List.of(
            "out of memory",
            "not enough memory",
            "can't allocate memory",
            "cannot allocate memory",
            "alloc_failed",
            "allocation_failed",
            "cuda_error_out_of_memory");

    /** What the allocator of the CPU's tensors says. */
    private static final List<String> OF_PROCESS =
            List.of("defaultcpuallocator", "can't allocate memory", "cannot allocate memory");

    /**
     * What is said of errors after which CUDA's context is of no more use, or the card is not there.
     *
     * <p>Source: the error codes of CUDA's runtime and driver, "this leaves the process in an inconsistent state"; those of cuBLAS and
     * cuDNN for a launch that failed.
     */
    private static final List<String> LOST = List.of(
            "illegal memory access",
            "device-side assert",
            "unspecified launch failure",
            "launch timed out",
            "hardware stack error",
            "illegal instruction",
            "misaligned address",
            "operation not supported on global/shared address space",
            "invalid program counter",
            "uncorrectable ecc",
            "uncorrectable nvlink",
            "memory error was contained",
            "invalid device context",
            "context is destroyed",
            "driver shutting down",
            "busy or unavailable",
            "no cuda-capable device",
            "system not yet initialized",
            "mps server",
            "cuda error: unknown error",
            "cuda driver error: unknown error",
            "cuda api call failed: unknown error",
            "cuda error: external device",
            "fallen off the bus",
            "gpu is lost",
            "gpu requires reset",
            "cublas_status_execution_failed",
            "cublas_status_internal_error",
            "cublas_status_mapping_error",
            "cudnn_status_execution_failed",
            "cudnn_status_internal_error",
            "cudnn_status_mapping_error",
            "cuda_error_illegal_address",
            "cuda_error_illegal_instruction",
            "cuda_error_misaligned_address",
            "cuda_error_invalid_address_space",
            "cuda_error_invalid_pc",
            "cuda_error_hardware_stack_error",
            "cuda_error_assert",
            "cuda_error_launch_failed",
            "cuda_error_launch_timeout",
            "cuda_error_ecc_uncorrectable",
            "cuda_error_nvlink_uncorrectable",
            "cuda_error_contained",
            "cuda_error_context_is_destroyed",
            "cuda_error_deinitialized",
            "cuda_error_device_unavailable",
            "cuda_error_no_device",
            "cuda_error_unknown");

    TensorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** True if every later call on the card will fail too, until the process is started anew. */
    public boolean isDeviceLost() {
        return !isOutOfMemory() && LOST.stream().anyMatch(text()::contains);
    }

    /** True if memory ran out, on the card or in the process. */
    public boolean isOutOfMemory() {
        return NO_MEMORY.stream().anyMatch(text()::contains);
    }

    /** True if memory ran out on the card, and not in the process. */
    public boolean isOutOfCardMemory() {
        return isOutOfMemory() && OF_PROCESS.stream().noneMatch(text()::contains);
    }

    private String text() {
        return String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    }
}
