package dev.darkroom.weights;

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
}
