package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of the messages of CUDA and its libraries mean that the process can do nothing more on its card. */
class TensorExceptionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: an illegal memory access was encountered",
                "CUDA error: device-side assert triggered",
                "CUDA error: unspecified launch failure",
                "CUDA error: the launch timed out and was terminated",
                "CUDA error: hardware stack error",
                "CUDA error: an illegal instruction was encountered",
                "CUDA error: misaligned address",
                "CUDA error: operation not supported on global/shared address space",
                "CUDA error: invalid program counter",
                "CUDA error: uncorrectable ECC error encountered",
                "CUDA error: uncorrectable NVLink error detected during the execution",
                "CUDA error: unknown error",
                "CUDA driver error: unknown error",
                "the memory of the card is not known: CUDA API call failed: unknown error (999)",
                "CUDA error: invalid device context",
                "CUDA error: context is destroyed",
                "CUDA error: driver shutting down",
                "CUDA error: CUDA-capable device(s) is/are busy or unavailable",
                "CUDA error: all CUDA-capable devices are busy or unavailable",
                "CUDA error: no CUDA-capable device is detected",
                "CUDA error: system not yet initialized",
                "CUDA error: the remote procedural call between the MPS server and the MPS client failed",
                "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost. Reboot the system to recover this GPU",
                "GPU requires reset",
                "GPU has fallen off the bus",
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx( handle, opa, opb, m, n, k)`",
                "CUDA error: CUBLAS_STATUS_INTERNAL_ERROR when calling `cublasLtMatmul(`",
                "CUDA error: CUBLAS_STATUS_MAPPING_ERROR when calling `cublasGemmEx`",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED_CUDART",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_UNEXPECTED_VALUE",
                "cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED",
                "cuLaunchKernel: CUDA_ERROR_ILLEGAL_ADDRESS",
                "cuCtxSynchronize: CUDA_ERROR_UNKNOWN"
            })
    void aCardIsLost(String reason) {
        var thrown = thrown(reason);
        assertThat(thrown.isDeviceLost()).isTrue();
        assertThat(thrown.isOutOfMemory()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.64 GiB",
                "CUDA error: out of memory",
                "CUDA driver error: out of memory",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
                "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes. Error code 12 (Cannot allocate memory)",
                "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY"
            })
    void memoryThatRanOutIsNoLostCard(String reason) {
        var thrown = thrown(reason);
        assertThat(thrown.isOutOfMemory()).isTrue();
        assertThat(thrown.isDeviceLost()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: invalid argument",
                "CUDA error: invalid configuration argument",
                "CUDA error: invalid device function",
                "CUDA error: no kernel image is available for execution on the device",
                "CUDA error: too many resources requested for launch",
                "CUDA error: CUBLAS_STATUS_INVALID_VALUE when calling `cublasLtMatmul(`",
                "CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasLtMatmul(`",
                "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED",
                "cuDNN error: CUDNN_STATUS_BAD_PARAM",
                "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
                "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
                "Unknown builtin op: aten::_fused_rms_norm",
                "No available kernel. Aborting execution."
            })
    void aCallThatWasWrongIsNeither(String reason) {
        var thrown = thrown(reason);
        assertThat(thrown.isDeviceLost()).isFalse();
        assertThat(thrown.isOutOfMemory()).isFalse();
    }

    private static TensorException thrown(String reason) {
        return new TensorException("linear failed on [tensor[2, 3]]: " + reason, new IllegalStateException());
    }
}
