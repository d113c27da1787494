package dev.darkroom.image;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Optional;

/**
 * The size at which a picture is computed, and the size at which the caller gets it.
 *
 * @param generated size of the computation: sides are multiples of {@link #MULTIPLE}, the area is within the model's native one
 */
public record PictureSizes(Size generated, Size output) {
    /** Side in pixels of what a token of latents stands for. */
    public static final int MULTIPLE = 16;

    /** Plans for a size that was asked for: computed so large, or where that is beyond the model's native area, at that area. */
    public static PictureSizes of(Size output, Optional<Integer> nativeArea) {
        Size generated = nativeArea
                .filter(area -> output.area() > area)
                .map(area -> output.within(area).floorTo(MULTIPLE))
                .orElseGet(() -> output.ceilTo(MULTIPLE));
        return new PictureSizes(generated, output);
    }

    /**
     * Brings the generated picture to the size of the output. A picture from nothing is cut where tokens do not divide its sides; one made
     * from another would shift, so it is resized.
     */
    public Picture fit(Picture picture, boolean fromImage) {
        return !fromImage && isWhole() ? picture.crop(output) : PilResize.LANCZOS.apply(picture, output);
    }

    /** Returns a note for the caller if the picture was computed at a size of another scale. */
    public Optional<String> note() {
        return isWhole()
                ? Optional.empty()
                : Optional.of("generated at " + generated + ", where this model is at home, and resized to " + output);
    }

    private boolean isWhole() {
        return generated.equals(output.ceilTo(MULTIPLE));
    }
}
