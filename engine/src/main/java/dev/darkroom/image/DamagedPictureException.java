package dev.darkroom.image;

import java.io.IOException;

/** Thrown for a file that is not what its format demands; the message says in this program's words what is wrong, for the caller. */
final class DamagedPictureException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedPictureException(String message) {
        super(message);
    }

    /** Creates the failure of a file that lacks its end. */
    static DamagedPictureException tooShort() {
        return new DamagedPictureException("it ends too early");
    }
}
