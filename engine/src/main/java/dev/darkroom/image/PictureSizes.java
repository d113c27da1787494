package dev.darkroom.image;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Optional;

/**
 * Where a picture is computed and how large the caller gets it.
 *
 * @param generated a multiple of what a token stands for, within what the model knows
 */
public record PictureSizes(Size generated, Size output) {
    /** Pixels a side that a token of latents stands for. */
    public static final int MULTIPLE = 16;

    /** For a size that was asked for: computed so large, or where that is beyond the model's native area, at that area. */
    public static PictureSizes of(Size output, Optional<Integer> nativeArea) {
        Size generated = nativeArea
                .filter(area -> output.area() > area)
                .map(area -> output.within(area).floorTo(MULTIPLE))
                .orElseGet(() -> output.ceilTo(MULTIPLE));
        return new PictureSizes(generated, output);
    }

    /**
     * The generated picture at the size of the output. One from nothing is cut where tokens do not divide its sides; one made from another
     * would shift, so it is resized.
     */
    public Picture fit(Picture picture, boolean fromImage) {
        return !fromImage && isWhole() ? picture.crop(output) : PilResize.LANCZOS.apply(picture, output);
    }

    /** What the caller should know, if the picture was computed at a size of another scale. */
    public Optional<String> note() {
        return isWhole()
                ? Optional.empty()
                : Optional.of("generated at " + generated + ", where this model is at home, and resized to " + output);
    }

    private boolean isWhole() {
        return generated.equals(output.ceilTo(MULTIPLE));
    }
}
