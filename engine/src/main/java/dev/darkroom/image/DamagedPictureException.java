package dev.darkroom.image;

import java.io.IOException;

/** Thrown for a file that is not what its format demands; the message says in this program's words what is wrong, for the caller. */
final class DamagedPictureException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_PARTS = 50_000;

    DamagedPictureException(String message) {
        super(message);
    }

    /**
     * Refuses a file of so many parts that a list of them would take more memory than the file.
     *
     * @param parts found so far
     */
    static void checkParts(int parts) throws DamagedPictureException {
        if (parts > MOST_PARTS) {
            throw new DamagedPictureException("it has more than " + MOST_PARTS + " parts");
        }
    }

    /** Creates the failure of a file that lacks its end. */
    static DamagedPictureException tooShort() {
        return new DamagedPictureException("it ends too early");
    }
}
