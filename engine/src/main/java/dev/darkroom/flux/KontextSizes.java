package dev.darkroom.flux;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.job.Size;
import java.util.List;
import java.util.Optional;

/**
 * The sizes that Kontext was trained on. A reference picture is resized to the one nearest to its ratio; the generated picture has the area
 * of training, in the ratio that was asked for.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_kontext.py}, PREFERRED_KONTEXT_RESOLUTIONS and {@code __call__}.
 *
 * @param maxArea pixels of a generated picture
 * @param preferred true to resize references, false to only round their sides down to multiples of 16
 * @param referenceArea area in pixels that references are resized to, about; empty for the trained sizes
 */
public record KontextSizes(int maxArea, boolean preferred, Optional<Integer> referenceArea) {
    /** Sizes of the published checkpoint. */
    public static final KontextSizes STANDARD = new KontextSizes(1024 * 1024, true);

    /** Makes sizes with references at the trained ones, or as they are. */
    public KontextSizes(int maxArea, boolean preferred) {
        this(maxArea, preferred, Optional.empty());
    }

    /** Makes the sizes of a checkpoint that was trained at other areas; empty for the standard ones. */
    static KontextSizes of(Optional<Integer> nativeArea, Optional<Integer> referenceArea) {
        return new KontextSizes(nativeArea.orElse(STANDARD.maxArea), STANDARD.preferred, referenceArea);
    }

    private static final List<Size> TRAINED = List.of(
            new Size(672, 1568),
            new Size(688, 1504),
            new Size(720, 1456),
            new Size(752, 1392),
            new Size(800, 1328),
            new Size(832, 1248),
            new Size(880, 1184),
            new Size(944, 1104),
            new Size(1024, 1024),
            new Size(1104, 944),
            new Size(1184, 880),
            new Size(1248, 832),
            new Size(1328, 800),
            new Size(1392, 752),
            new Size(1456, 720),
            new Size(1504, 688),
            new Size(1568, 672));

    /** Chooses the size of a generated picture, for a size that was asked for. */
    public Size generated(Size asked) {
        double ratio = (double) asked.width() / asked.height();
        int width = (int) Math.rint(Math.sqrt(maxArea * ratio));
        int height = (int) Math.rint(Math.sqrt(maxArea / ratio));
        return new Size(Math.max(1, width), Math.max(1, height)).floorTo(TokenGrid.PIXELS);
    }

    /** Chooses the size that a reference picture is resized to. */
    public Size reference(Size image) {
        Size whole = image.floorTo(TokenGrid.PIXELS);
        if (!preferred) {
            return whole;
        }
        if (referenceArea.isPresent()) {
            return image.scaledTo(referenceArea.get()).nearest(TokenGrid.PIXELS, TokenGrid.PIXELS);
        }
        double ratio = (double) whole.width() / whole.height();
        Size nearest = TRAINED.getFirst();
        for (Size size : TRAINED) {
            if (distance(size, ratio) < distance(nearest, ratio)) {
                nearest = size;
            }
        }
        return nearest;
    }

    private static double distance(Size size, double ratio) {
        return Math.abs(ratio - (double) size.width() / size.height());
    }
}
