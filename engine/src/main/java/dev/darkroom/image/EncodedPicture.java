package dev.darkroom.image;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A picture as a file. */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record EncodedPicture(byte[] file, ImageFormat format, int quality) {
    private static final int[] FALLING_QUALITY = {90, 75, 60, 40, 20};

    public static EncodedPicture of(Picture picture, ImageFormat format, int quality, @Nullable String parameters) {
        return new EncodedPicture(PictureEncoder.encode(picture, format, quality, parameters), format, quality);
    }

    /** The best of what is small enough, if anything is. PNG becomes WebP, the others keep their format. */
    public static Optional<EncodedPicture> within(
            long mostBase64, Picture picture, ImageFormat format, int quality, @Nullable String parameters) {
        ImageFormat lossy = format == ImageFormat.PNG ? ImageFormat.WEBP : format;
        int from = format == ImageFormat.PNG ? 100 : quality;
        return IntStream.of(FALLING_QUALITY)
                .filter(lower -> lower < from)
                .mapToObj(lower -> of(picture, lossy, lower, parameters))
                .filter(smaller -> smaller.base64Bytes() <= mostBase64)
                .findFirst();
    }

    /** Size in an answer. */
    public long base64Bytes() {
        return 4L * Math.ceilDiv(file.length, 3);
    }
}
