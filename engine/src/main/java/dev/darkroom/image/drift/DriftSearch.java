package dev.darkroom.image.drift;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the {@link Drift} of an edited picture. What the edit changed must not count, so places that do not agree lose their weight:
 * iteratively reweighted Gauss-Newton on {@link Relief}, from coarse to fine.
 *
 * <p>Source: Baker, Matthews: Lucas-Kanade 20 Years On, IJCV 2004; weights of Geman and McClure.
 */
public final class DriftSearch {
    private static final int FINEST = 512;
    private static final int COARSEST = 64;
    private static final int ROUNDS = 12;

    /** Largest drift as a part of half a side: what drifts farther was meant to. */
    private static final double FARTHEST = 0.035;

    /** Largest difference between the zooms of the two sides. */
    private static final double MOST_UNEVEN = 0.025;

    /** Drift in pixels of the result that is not worth another interpolation. */
    private static final double LEAST = 0.3;

    /** Part of the relief that must agree in the end; pictures that have nothing in common agree by 0.18 at most. */
    private static final double LEAST_AGREEMENT = 0.3;

    /** Part of each side that what agrees must span: one thing that moves before plain ground is no drift of the frame. */
    private static final double LEAST_SPAN = 0.65;

    private DriftSearch() {}

    /**
     * Returns the result without its drift.
     *
     * @param notes takes a note about a drift that was undone
     */
    public static Picture undone(Picture source, Picture result, Consumer<String> notes) {
        return between(source, result)
                .map(drift -> {
                    notes.accept("the edit had " + drift + " against the image: that was undone");
                    return drift.undo(result);
                })
                .orElse(result);
    }

    /**
     * Finds the drift of a result, unless there is none worth undoing, or none that can be measured.
     *
     * @param source of any size: it fills the same frame as the result
     */
    public static Optional<Drift> between(Picture source, Picture result) {
        int finest = Math.min(FINEST, Math.max(result.width(), result.height()));
        Picture small = PilResize.LANCZOS.apply(source, size(result, finest));
        Picture smallResult = PilResize.LANCZOS.apply(result, size(result, finest));
        double[] drift = new double[4];
        int level = Math.min(COARSEST, finest);
        while (true) {
            Relief a = Relief.of(small, size(result, level));
            Relief b = Relief.of(smallResult, size(result, level));
            for (int round = 0; round < ROUNDS; round++) {
                if (!a.improve(b, drift) || !isNear(drift)) {
                    return Optional.empty();
                }
            }
            if (level == finest) {
                return found(a, b, drift, result);
            }
            level = Math.min(2 * level, finest);
        }
    }

    /** Scales a picture's size to a longest side. */
    private static Size size(Picture picture, int longest) {
        double scale = (double) longest / Math.max(picture.width(), picture.height());
        return picture.size().scaledTo(scale * scale * picture.size().area());
    }

    private static boolean isNear(double[] drift) {
        return Arrays.stream(drift).allMatch(part -> Math.abs(part) <= FARTHEST);
    }

    private static Optional<Drift> found(Relief a, Relief b, double[] drift, Picture result) {
        var found =
                new Drift(drift[0] * result.width() / 2, drift[1] * result.height() / 2, 1 + drift[2], 1 + drift[3]);
        boolean worthIt = found.reach(result.width(), result.height()) >= LEAST
                && Math.abs(found.zoomX() - found.zoomY()) <= MOST_UNEVEN;
        Relief.Likeness likeness = a.likeness(b, drift);
        boolean sure = likeness.agreement() >= LEAST_AGREEMENT
                && likeness.span() >= LEAST_SPAN
                && likeness.distance() < a.likeness(b, new double[drift.length]).distance();
        return worthIt && sure ? Optional.of(found) : Optional.empty();
    }
}
