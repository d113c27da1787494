package dev.darkroom.checkpoint;

import dev.darkroom.job.Reason;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown when a checkpoint is incomplete, damaged or of another kind than its config says. The message names the file and the tensor or
 * field.
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Says that a file's bytes could not be had, whatever they are. */
    public static CheckpointException unreadable(Path file, IOException cause) {
        return new CheckpointException(file + " cannot be read: " + Reason.of(cause), cause);
    }

    /** True if the thread that read was asked to stop, so that the file itself may be sound. */
    public boolean isInterruption() {
        return getCause() != null && Reason.isInterruption(getCause());
    }
}
