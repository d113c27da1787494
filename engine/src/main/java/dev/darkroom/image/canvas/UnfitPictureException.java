package dev.darkroom.image.canvas;

/** Thrown for a picture that is whole, but not of use; the message goes behind the field's name. */
public final class UnfitPictureException extends Exception {
    private static final long serialVersionUID = 1L;

    UnfitPictureException(String message) {
        super(message);
    }
}
