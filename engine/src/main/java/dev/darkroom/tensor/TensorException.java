package dev.darkroom.tensor;

import java.util.List;
import java.util.Locale;

/** Thrown when an operator fails in libtorch. The message names the operator, the shapes of its arguments and libtorch's reason. */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final List<String> NO_MEMORY =
            List.of("out of memory", "not enough memory", "can't allocate memory", "alloc_failed");

    private static final List<String> LOST = List.of(
            "illegal memory access",
            "device-side assert",
            "unspecified launch failure",
            "launch timed out",
            "uncorrectable ecc",
            "misaligned address",
            "illegal instruction",
            "fallen off the bus");

    TensorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** True if every later call on the card will fail too, until the process is started anew. */
    public boolean isDeviceLost() {
        return LOST.stream().anyMatch(text()::contains);
    }

    /** True if memory ran out, on the card or in the process. */
    public boolean isOutOfMemory() {
        return NO_MEMORY.stream().anyMatch(text()::contains);
    }

    private String text() {
        return String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    }
}
