package dev.darkroom.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file could not be stored. The message is meant for the caller: it holds no secrets and no paths of this machine. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
