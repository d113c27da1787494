package dev.darkroom.image;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;

/** Any bytes as a source picture: decoded within the limits, or refused as the caller's fault. */
public final class PictureFuzz {
    private static final int SIDE = 2_048;
    private static final PictureDecoder DECODER = new PictureDecoder(new PictureLimits(SIDE, 1 << 20, 16));

    private PictureFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        try {
            Picture picture = DECODER.decode("image", file);
            if (picture.size().width() > SIDE || picture.size().height() > SIDE) {
                throw new AssertionError("beyond the limit: " + picture.size());
            }
        } catch (JobException e) {
            if (e.code() != JobException.Code.BAD_INPUT) {
                throw e;
            }
        }
    }
}
