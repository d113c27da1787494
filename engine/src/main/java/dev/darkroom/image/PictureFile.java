package dev.darkroom.image;

import dev.darkroom.image.canvas.MaskColours;
import dev.darkroom.image.canvas.MaskHoles;
import dev.darkroom.image.canvas.OverWhite;
import dev.darkroom.image.canvas.Transparency;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Picture;
import java.util.Optional;

/** A file whose header was read, and whose picture is within the limits: it can be decoded, once. */
public final class PictureFile {
    private final String field;
    private final PictureKind kind;
    private final byte[] file;
    private final PictureFacts facts;

    PictureFile(String field, PictureKind kind, byte[] file, PictureFacts facts) {
        this.field = field;
        this.kind = kind;
        this.file = file;
        this.facts = facts;
    }

    /** Returns the payload's field that it was sent in. */
    public String field() {
        return field;
    }

    /** Returns the media type of the file, such as {@code image/png}. */
    public String mediaType() {
        return kind.mediaType();
    }

    PictureFacts facts() {
        return facts;
    }

    /** Returns the bytes that its picture takes. */
    public long pictureBytes() {
        return 3 * facts.size().area();
    }

    /** Returns the bytes that decoding takes, its picture among them, as far as they grow with the picture. */
    public long decodingBytes() {
        return pictureBytes() + facts.work();
    }

    /**
     * Decodes a picture, and lays it over white.
     *
     * @throws dev.darkroom.job.JobException if the file is damaged, all of it is transparent, or memory ran out
     */
    public Picture picture() {
        return decode(facts.profile(), new OverWhite());
    }

    /**
     * Decodes a mask, white where to paint: its colours alone, as numbers, without regard to transparency or a profile; or its transparency
     * alone.
     *
     * @throws dev.darkroom.job.JobException if the file is damaged, its transparency says something else than is asked for, or memory ran out
     */
    public Picture mask(MaskPaints painted) {
        return switch (painted) {
            case WHITE -> decode(Optional.empty(), new MaskColours());
            case TRANSPARENT -> decode(Optional.empty(), new MaskHoles());
        };
    }

    private Picture decode(Optional<byte[]> profile, Transparency transparency) {
        var decoding = new Decoding(kind, file, facts, profile, transparency, Decoding.PART);
        return Failure.translated(field, kind, decoding::picture);
    }
}
