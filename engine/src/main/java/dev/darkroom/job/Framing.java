package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/** The size that a job asks for its pictures. A megapixel is 1024 × 1024 pixels. */
public sealed interface Framing {
    double MEGAPIXEL = 1024.0 * 1024;

    /**
     * Computes the size in pixels.
     *
     * @param standard the model's own size, used for everything that the job leaves open
     * @param image the size of the job's first source image, if it has one
     */
    Size size(Size standard, @Nullable Size image);

    /** True if pictures are to fill exactly the frame of their one source image. */
    static boolean isFrameOf(@Nullable Framing framing, int images) {
        return images == 1 && framing instanceof LikeImage like && like.megapixels() == null;
    }

    /** An exact size. */
    record Exact(Size size) implements Framing {
        @Override
        public Size size(Size standard, @Nullable Size image) {
            return size;
        }
    }

    /**
     * A ratio of width to height.
     *
     * @param megapixels null for as many pixels as the model's own size has
     */
    record Ratio(AspectRatio ratio, @Nullable Double megapixels) implements Framing {
        @Override
        public Size size(Size standard, @Nullable Size image) {
            return ratio.size(megapixels == null ? standard.area() : megapixels * MEGAPIXEL);
        }
    }

    /**
     * The ratio of the source image; without a source image, the model's own size.
     *
     * @param megapixels null for exactly the size of the source image
     */
    record LikeImage(@Nullable Double megapixels) implements Framing {
        @Override
        public Size size(Size standard, @Nullable Size image) {
            if (image == null) {
                return standard;
            }
            return megapixels == null ? image : image.scaledTo(megapixels * MEGAPIXEL);
        }
    }
}
