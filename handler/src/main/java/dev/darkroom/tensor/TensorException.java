package dev.darkroom.tensor;

import java.util.Locale;

/** An operator failed in libtorch. The message names the operator, the shapes it was given and libtorch's reason. */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TensorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** True if the card no longer answers: every later call on it will fail too, until the process is started anew. */
    public boolean isDeviceLost() {
        return String.valueOf(getMessage()).contains("CUDA error") && !isOutOfMemory();
    }

    /** True if memory ran out, on the card or in the process. */
    public boolean isOutOfMemory() {
        String text = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("out of memory")
                || text.contains("not enough memory")
                || text.contains("can't allocate memory");
    }
}
