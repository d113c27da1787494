package dev.darkroom.flux2;

import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * The sizes at which FLUX.2 sees reference pictures: as they are, or made smaller to an area; then their middle, in whole tokens.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux2/image_processor.py}, Flux2ImageProcessor, and {@code __call__} of the pipelines.
 *
 * @param area most pixels of a reference
 */
public record ReferenceSizes(long area) {
    /** Sizes of the published checkpoints. */
    public static final ReferenceSizes STANDARD = new ReferenceSizes(1024 * 1024);

    private static final int LARGEST_RATIO = 8;
    private static final int SHORTEST_SIDE = 64;

    /** Least area: the longest pictures are seen in two tokens of width. */
    static final int LEAST_AREA = LARGEST_RATIO * (2 * TokenGrid.PIXELS) * (2 * TokenGrid.PIXELS);

    /**
     * Chooses the size of what is seen of a picture.
     *
     * @throws JobException if the picture is too small, or too long for its width
     */
    public Size of(Size image) {
        int shorter = Math.min(image.width(), image.height());
        if (shorter < SHORTEST_SIDE) {
            throw JobException.badInput(
                    "images: must have sides of at least " + SHORTEST_SIDE + " pixels, not " + image);
        }
        if (Math.max(image.width(), image.height()) > (long) LARGEST_RATIO * shorter) {
            throw JobException.badInput(
                    "images: must be at most " + LARGEST_RATIO + " times as long as wide, not " + image);
        }
        return seen(image);
    }

    /** The size of what would be seen of a picture of any size, at least a token. */
    Size seen(Size image) {
        return resized(image).floorTo(TokenGrid.PIXELS);
    }

    private Size resized(Size image) {
        if (image.area() <= area) {
            return image;
        }
        double scale = Math.sqrt((double) area / image.area());
        return new Size(Math.max(1, (int) (image.width() * scale)), Math.max(1, (int) (image.height() * scale)));
    }

    /** Makes what is seen of a picture, and the key of its encoding. */
    Reference of(Picture picture) {
        return new Reference(picture, PictureKey.of(picture, of(picture.size())), this);
    }

    /** A reference picture, and the key of what is seen of it. */
    record Reference(Picture picture, PictureKey key, ReferenceSizes sizes) {
        /** The middle of the picture, in the size of the key. */
        Picture seen() {
            return PilResize.LANCZOS
                    .apply(picture, sizes.resized(picture.size()))
                    .crop(key.size());
        }

        TokenGrid grid() {
            return TokenGrid.of(key.size());
        }
    }
}
