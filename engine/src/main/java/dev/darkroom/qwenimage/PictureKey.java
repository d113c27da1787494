package dev.darkroom.qwenimage;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a picture's encoding is found again by: the picture's content, and the size that it is encoded at.
 *
 * @param content SHA-256 of sides and pixels
 */
public record PictureKey(String content, Size size) {
    static PictureKey of(Picture picture, Size size) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt(picture.width())
                    .putInt(picture.height())
                    .flip());
            return new PictureKey(HexFormat.of().formatHex(digest.digest(picture.rgb())), size);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
