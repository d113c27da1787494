package dev.darkroom.diffusion;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Key of a picture's cached encoding: the picture's content, and the size that it is encoded at.
 *
 * @param content SHA-256 of sides and pixels
 */
public record PictureKey(String content, Size size) {
    /** Makes the key of a picture that is encoded at a size. */
    public static PictureKey of(Picture picture, Size size) {
        return of(size, picture);
    }

    /** Makes the key of a picture of which only the part that a mask leaves is encoded. */
    public static PictureKey ofMasked(Picture picture, Picture mask, Size size) {
        return of(size, picture, mask);
    }

    private static PictureKey of(Size size, Picture... pictures) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Picture picture : pictures) {
                digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                        .putInt(picture.width())
                        .putInt(picture.height())
                        .flip());
                digest.update(picture.rgb());
            }
            return new PictureKey(HexFormat.of().formatHex(digest.digest()), size);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
