package dev.darkroom.image;

import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Collects what a decoder tells of data that are wrong or missing: it fills up with gray or black, which is not what was sent. */
final class Damages implements IIOReadWarningListener, RowListener {
    private final PictureKind kind;
    private @Nullable String first;
    private int rows;

    private Damages(PictureKind kind) {
        this.kind = kind;
    }

    /** Listens to a decoder from now on. */
    static Damages of(PictureKind kind, ImageReader reader) {
        var damages = new Damages(kind);
        reader.addIIOReadWarningListener(damages);
        if (kind == PictureKind.GIF) {
            reader.addIIOReadUpdateListener(damages);
        }
        return damages;
    }

    /**
     * Refuses a picture that is not whole.
     *
     * @param height number of rows that the decoder was to give
     */
    void check(int height) throws DamagedPictureException {
        if (first != null) {
            throw new DamagedPictureException(first);
        }
        if (kind == PictureKind.GIF && rows < height) {
            throw DamagedPictureException.tooShort();
        }
    }

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        String damage = damage(warning);
        if (first == null) {
            first = damage;
        }
    }

    /** Names the damage that a warning is about; null for a harmless one: superfluous bytes between two parts of a JPEG are common. */
    private @Nullable String damage(String warning) {
        return switch (kind) {
            case GIF -> "its compressed data are wrong";
            case JPEG -> {
                if (warning.contains("remature end")) {
                    yield "it ends too early";
                }
                yield warning.contains("orrupt JPEG data") && !warning.contains("extraneous")
                        ? "its compressed data are wrong"
                        : null;
            }
            case PNG, WEBP, BMP -> null;
        };
    }

    @Override
    public void row(int y, int first, int step) {
        rows++;
    }
}
