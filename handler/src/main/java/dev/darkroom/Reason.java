package dev.darkroom;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.tensor.TensorException;

/** Puts what went wrong into words for the caller. */
final class Reason {
    private Reason() {}

    static JobException of(Throwable error) {
        if (error instanceof JobException reason) {
            return reason;
        }
        if (error instanceof OutOfMemoryError || (error instanceof TensorException e && e.isOutOfMemory())) {
            return new JobException(Code.OUT_OF_MEMORY, "memory ran out: ask for a smaller picture", error);
        }
        if (error instanceof TensorException e && e.isDeviceLost()) {
            return new JobException(Code.DEVICE_LOST, "the GPU stopped working: try again elsewhere", error);
        }
        return new JobException(Code.INTERNAL, "the worker failed; its log has more", error);
    }
}
