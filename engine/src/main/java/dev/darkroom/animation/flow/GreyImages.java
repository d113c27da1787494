package dev.darkroom.animation.flow;

import boofcv.concurrency.BoofConcurrency;
import boofcv.struct.image.GrayF32;
import dev.darkroom.job.Picture;

/** Pictures as BoofCV takes them, which is told here to stay in the thread that asks: so nothing depends on how many there are. */
final class GreyImages {
    static {
        BoofConcurrency.USE_CONCURRENT = false;
    }

    private GreyImages() {}

    /** Luma (ITU-R BT.601), 0…255. */
    static GrayF32 of(Picture picture) {
        byte[] rgb = picture.rgb();
        var image = new GrayF32(picture.width(), picture.height());
        for (int i = 0; i < image.data.length; i++) {
            image.data[i] =
                    0.299f * (rgb[3 * i] & 0xFF) + 0.587f * (rgb[3 * i + 1] & 0xFF) + 0.114f * (rgb[3 * i + 2] & 0xFF);
        }
        return image;
    }
}
