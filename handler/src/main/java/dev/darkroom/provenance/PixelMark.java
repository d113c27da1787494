package dev.darkroom.provenance;

import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.mark.Found;
import dev.darkroom.mark.Mark;
import dev.darkroom.mark.MarkReader;
import dev.darkroom.mark.Payload;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The mark in pictures' pixels: what it says, and where it can be. A payload is told as 16 hexadecimal digits: one for its version, six for the
 * worker that made the picture, by its key, and nine for the picture, by what it shows. Safe for several threads.
 */
final class PixelMark {
    private static final int VERSION = 1;
    private static final int ISSUER_BITS = 24;
    private static final int PICTURE_BITS = 36;

    /** Pixels a side of what is looked at first. */
    private static final int MIDDLE = 512;

    private final int issuer;

    /** @param key whose pictures it marks */
    PixelMark(SigningKey key) {
        byte[] digest = digest().digest(key.chain().getFirst().getPublicKey().getEncoded());
        this.issuer = ByteBuffer.wrap(digest).getInt() >>> (Integer.SIZE - ISSUER_BITS);
    }

    /**
     * A picture with a mark in its pixels.
     *
     * @param payload what the mark says
     */
    record Marked(Picture picture, String payload) {}

    /** Marks a picture; empty where it is too small, or so plain that nothing could be read from it. */
    Optional<Marked> marked(Picture picture) {
        if (!Mark.fits(picture.size())) {
            return Optional.empty();
        }
        var payload = new Payload(VERSION, issuer, number(picture));
        Picture marked = Mark.embed(picture, payload);
        return isIn(marked) ? Optional.of(new Marked(marked, text(payload))) : Optional.empty();
    }

    private static long number(Picture picture) {
        return ByteBuffer.wrap(digest().digest(picture.rgb())).getLong() >>> (Long.SIZE - PICTURE_BITS);
    }

    /** Returns true if there is a mark in a picture that was not changed since. */
    static boolean isIn(Media media) {
        return switch (media) {
            case Media.Still(Picture picture) -> isIn(picture);
            case Media.Video ignored -> false;
        };
    }

    /** Looks into the middle first, which mostly suffices and is soon done. */
    private static boolean isIn(Picture picture) {
        if (!Mark.fits(picture.size())) {
            return false;
        }
        var middle = new Size(Math.min(MIDDLE, picture.width()), Math.min(MIDDLE, picture.height()));
        return MarkReader.readUnresized(picture.crop(middle)).isPresent()
                || (!middle.equals(picture.size())
                        && MarkReader.readUnresized(picture).isPresent());
    }

    /** Searches a picture for a mark, as much as it may have been changed since. */
    static FoundMark search(Picture picture) {
        Optional<Found> found = MarkReader.read(picture);
        return found.map(one -> new FoundMark(Optional.of(text(one.payload())), one.confidence(), Optional.empty()))
                .orElse(FoundMark.NONE);
    }

    /** Looks for a mark in a picture that was not resized since; cropped it may be. Far quicker than a search. */
    static Optional<String> glance(Picture picture) {
        return MarkReader.readUnresized(picture).map(found -> text(found.payload()));
    }

    private static String text(Payload payload) {
        return HexFormat.of().toHexDigits(payload.bits());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
