package dev.darkroom.store;

import dev.darkroom.image.EncodedPicture;
import dev.darkroom.job.FileFormat;

/**
 * The file of a result, as it goes out.
 *
 * @param quality 1 to 100, that it was made with
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record ResultFile(byte[] file, FileFormat format, int quality) {
    static ResultFile of(EncodedPicture picture) {
        return new ResultFile(picture.file(), picture.format(), picture.quality());
    }

    /** Computes the size in base64, as in an answer, in bytes. */
    long base64Bytes() {
        return 4L * Math.ceilDiv(file.length, 3);
    }
}
