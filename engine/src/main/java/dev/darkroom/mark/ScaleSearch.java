package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds by how much a marked picture was resized: the known frequencies of its tiles are looked up in the picture's spectrum where they
 * would stand for each of some hundred scales.
 */
final class ScaleSearch {
    /** Resized pictures are brought back by each of these, and looked at for all scales around. */
    static final double[] BASES = {1, 0.5, 2, Math.sqrt(0.5), Math.sqrt(2)};

    /** Pixels of the side of what is looked at, in the middle of the picture. */
    private static final int WINDOW = 512;

    /** Scales that one spectrum is looked up for lie within this factor of its own. */
    private static final double REACH = Math.pow(2, 0.25);

    /** Over the pixels of the longer side of what is looked at: from one scale to the next, less 1. */
    private static final double STEP = 2;

    private static final int KEPT = 3;

    /** That a picture was not cropped is likelier than that its first pixel lies at any other of so many places. */
    private static final double NOT_CROPPED = 1.5;

    /**
     * A scale at which there may be a mark.
     *
     * @param scale pixels of the picture for one of the marked picture
     * @param score how far the known frequencies stand out, in deviations
     */
    record Candidate(double scale, double score) {}

    private ScaleSearch() {}

    /** The best scales around one of the {@link #BASES}, best first. */
    static List<Candidate> around(double base, Plane luminance) {
        int width = (int) Math.round(luminance.width() / base);
        int height = (int) Math.round(luminance.height() / base);
        if (Math.min(width, height) < TILE) {
            return List.of();
        }
        // no more is brought back than is looked at
        int left = Math.max(0, (width - WINDOW) / 2);
        int top = Math.max(0, (height - WINDOW) / 2);
        int windowWidth = Math.min(width, WINDOW);
        int windowHeight = Math.min(height, WINDOW);
        Plane window = base == 1
                ? luminance.cut(left, top, windowWidth, windowHeight)
                : luminance.resized(left, top, windowWidth, windowHeight, base);
        var spectrum = new WindowSpectrum(Texture.of(window));
        List<Candidate> all = new ArrayList<>();
        double step = 1 + STEP / Math.max(windowWidth, windowHeight);
        for (double finer = 1 / REACH; finer < REACH; finer *= step) {
            var locator = Locator.ofKnown(spectrum.at(finer));
            double x = (left + windowWidth / 2 + 0.5) / finer - 0.5;
            double y = (top + windowHeight / 2 + 0.5) / finer - 0.5;
            double score = Math.max(locator.refined(locator.best()).score(), locator.scoreAt(x, y) + NOT_CROPPED);
            all.add(new Candidate(base * finer, score));
        }
        return peaks(all, step);
    }

    private static List<Candidate> peaks(List<Candidate> all, double step) {
        List<Candidate> peaks = new ArrayList<>();
        for (int i = 1; i < all.size() - 1; i++) {
            double before = all.get(i - 1).score;
            double at = all.get(i).score;
            double after = all.get(i + 1).score;
            if (at > before && at >= after) {
                double shift = (before - after) / (2 * (before - 2 * at + after));
                peaks.add(new Candidate(all.get(i).scale * Math.pow(step, Math.clamp(shift, -0.5, 0.5)), at));
            }
        }
        peaks.sort(Comparator.comparingDouble(Candidate::score).reversed());
        return List.copyOf(peaks.subList(0, Math.min(KEPT, peaks.size())));
    }
}
