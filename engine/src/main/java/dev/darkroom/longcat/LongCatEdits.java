package dev.darkroom.longcat;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.sight.Reference;

/**
 * The way in which pictures are edited.
 *
 * @param area at which pictures are seen and generated, about, in pixels
 * @param distilled true for the published checkpoint of few steps
 */
public record LongCatEdits(long area, boolean distilled) {
    static final int STEPS_OF_DISTILLED = 8;

    /** Chooses the size of the generated picture, in the ratio of another one. */
    public Size generated(Size ratio) {
        double widthToHeight = (double) ratio.width() / ratio.height();
        double width = Math.sqrt(area * widthToHeight);
        return new Size((int) Math.ceil(width), (int) Math.ceil(width / widthToHeight)).ceilTo(TokenGrid.PIXELS);
    }

    /** Makes a reference of a picture: resized for the autoencoder, and from there to half its sides for the text encoder. */
    public Reference reference(Picture picture) {
        Size size = generated(picture.size());
        return Reference.of(
                PilResize.LANCZOS.apply(picture, size), new Size(size.width() / 2, size.height() / 2), size);
    }
}
