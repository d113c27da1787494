package dev.darkroom.credentials.jumbf;

import java.io.IOException;

/** Thrown for content credentials that are not made as they must be, or go beyond a limit; the message says what is wrong. */
public final class DamagedBoxException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedBoxException(String message) {
        super(message);
    }
}
