package dev.darkroom.animation;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * How far frames go from the first one, and from each to the next.
 *
 * @param change largest change of brightness, contrast or saturation, as a part of the first frame's
 * @param smallestStep from a frame to the next, in levels on average; {@code largestStep} the largest
 */
record Steadiness(double change, double smallestStep, double largestStep) {
    static Steadiness of(List<Picture> frames) {
        Look first = Look.of(frames.getFirst());
        var steps = new DoubleSummaryStatistics();
        double change = 0;
        for (int i = 1; i < frames.size(); i++) {
            steps.accept(TestPictures.meanDifference(frames.get(i - 1), frames.get(i)));
            change = Math.max(change, Look.of(frames.get(i)).changeFrom(first));
        }
        return new Steadiness(change, steps.getMin(), steps.getMax());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "changes by up to %.1f %%, from frame to frame by %.1f to %.1f levels",
                100 * change,
                smallestStep,
                largestStep);
    }
}
