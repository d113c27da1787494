package dev.darkroom;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.tensor.TensorException;

/** Translates exceptions into errors that the caller can read. */
final class Failures {
    private Failures() {}

    /** Returns the error itself if it was meant for the caller; otherwise one that says whose fault it was and what to do. */
    static JobException toJobException(Throwable error) {
        if (error instanceof JobException known) {
            return known;
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
