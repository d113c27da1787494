package dev.darkroom.image;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A picture as a file.
 *
 * @param quality 1 to 100, for JPEG and WebP
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record EncodedPicture(byte[] file, ImageFormat format, int quality) {
    private static final int[] FALLING_QUALITY = {90, 75, 60, 40, 20};

    /**
     * Encodes a picture.
     *
     * @param quality 1 to 100, for JPEG and WebP
     */
    public static EncodedPicture of(Picture picture, ImageFormat format, int quality, Inscription inscription) {
        return new EncodedPicture(PictureEncoder.encode(picture, format, quality, inscription), format, quality);
    }

    /**
     * Encodes a picture at the highest quality that is small enough, if any is. PNG becomes WebP, the others keep their format.
     *
     * @param mostBase64 largest size in base64, in bytes
     */
    public static Optional<EncodedPicture> within(
            long mostBase64, Picture picture, ImageFormat format, int quality, Inscription inscription) {
        ImageFormat lossy = format == ImageFormat.PNG ? ImageFormat.WEBP : format;
        int from = format == ImageFormat.PNG ? 100 : quality;
        return IntStream.of(FALLING_QUALITY)
                .filter(lower -> lower < from)
                // sealing may take long: only what may be small enough is sealed
                .filter(lower -> of(picture, lossy, lower, inscription.unsealed()).base64Bytes() <= mostBase64)
                .mapToObj(lower -> of(picture, lossy, lower, inscription))
                .filter(smaller -> smaller.base64Bytes() <= mostBase64)
                .findFirst();
    }

    /** Computes the size in base64, as in an answer, in bytes. */
    public long base64Bytes() {
        return 4L * Math.ceilDiv(file.length, 3);
    }
}
