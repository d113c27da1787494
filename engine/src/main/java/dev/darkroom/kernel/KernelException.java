package dev.darkroom.kernel;

/** Thrown when kernels cannot be compiled, loaded or launched. The message says why, for the log. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KernelException(String message) {
        super(message);
    }

    KernelException(String message, Throwable cause) {
        super(message, cause);
    }
}
