package dev.darkroom.mark;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads marks from pictures, without the pictures that were marked: also after they were cropped, resized to between 45 % and 230 %, or kept
 * in files that lose details.
 *
 * <p>At most {@value #TRIES} scales are tried, {@value #PLACES} places each, and {@link MarkCode#LIST} messages for each place are checked
 * against 32 bits. 8 · 4 · 32 / 2³² is 2.4 · 10⁻⁷: an unmarked picture is taken for a marked one by chance less than once in four million.
 */
public final class MarkReader {
    /** Scales that are tried, the picture's own being one of them. */
    static final int TRIES = 8;

    /** Places that are tried at each scale: the one that stands out most and that of a picture that was not cropped, both also refined. */
    static final int PLACES = 4;

    /** Pixels a side, at the scale of the marked picture, of what is read of a picture. */
    private static final int MOST = 2048;

    /** Pixels a side of what is looked at: the largest scale times what is read. */
    private static final int LARGEST = 4736;

    /** Shortest side, in pixels, of a picture in which there may be a mark: half of the smallest marked one, cropped. */
    private static final int LEAST = 96;

    /** Deviations from which a scale is tried at once. */
    private static final double CLEAR = 7;

    /** Other scales that are tried. */
    private static final int UNCLEAR = 3;

    private MarkReader() {}

    /** Reads the mark of a picture that was not resized since, though it may have been cropped: faster, where there may be none. */
    public static Optional<Found> readUnresized(Picture picture) {
        return Math.min(picture.width(), picture.height()) < LEAST ? Optional.empty() : at(luminance(picture), 1);
    }

    /** Reads the mark of a picture; empty if there is none, or none that is left. */
    public static Optional<Found> read(Picture picture) {
        if (Math.min(picture.width(), picture.height()) < LEAST) {
            return Optional.empty();
        }
        Plane luminance = luminance(picture);
        Optional<Found> found = at(luminance, 1);
        return found.isPresent() ? found : resized(luminance);
    }

    /** Takes the middle alone of huge pictures: no more of them is read, at whichever scale. */
    private static Plane luminance(Picture picture) {
        return Plane.luminance(
                picture.crop(new Size(Math.min(picture.width(), LARGEST), Math.min(picture.height(), LARGEST))));
    }

    private static Optional<Found> resized(Plane luminance) {
        int tries = 1;
        var unclear = new ArrayList<ScaleSearch.Candidate>();
        for (double base : ScaleSearch.BASES) {
            for (var candidate : ScaleSearch.around(base, luminance)) {
                if (candidate.score() < CLEAR || tries == TRIES) {
                    unclear.add(candidate);
                    continue;
                }
                tries++;
                Optional<Found> found = at(luminance, candidate.scale());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        unclear.sort(Comparator.comparingDouble(ScaleSearch.Candidate::score).reversed());
        return unclear.stream()
                .limit(Math.min(UNCLEAR, TRIES - tries))
                .flatMap(candidate -> at(luminance, candidate.scale()).stream())
                .findFirst();
    }

    private static Optional<Found> at(Plane luminance, double scale) {
        int width = (int) Math.round(luminance.width() / scale);
        int height = (int) Math.round(luminance.height() / scale);
        int left = Math.max(0, (width - MOST) / 2);
        int top = Math.max(0, (height - MOST) / 2);
        int readWidth = Math.min(width, MOST);
        int readHeight = Math.min(height, MOST);
        Plane plane = scale == 1
                ? luminance.cut(left, top, readWidth, readHeight)
                : luminance.resized(left, top, readWidth, readHeight, scale);
        var demodulator = new Demodulator(Tiles.folded(Texture.of(plane)));
        return places(demodulator.locator(), left, top)
                .flatMap(place -> at(demodulator, place, scale).stream())
                .findFirst();
    }

    /** Refined places are of use where the picture was resized, and harm where only low copies are left. */
    private static Stream<Locator.Place> places(Locator locator, int left, int top) {
        Locator.Place best = locator.best();
        Locator.Place corner = locator.at(left, top);
        return Stream.of(best, locator.refined(best), corner, locator.refined(corner))
                .distinct()
                .limit(PLACES);
    }

    private static Optional<Found> at(Demodulator demodulator, Locator.Place place, double scale) {
        float[] likelihoods = demodulator.likelihoods(place);
        return MarkCode.read(likelihoods).map(payload -> new Found(payload, confidence(payload, likelihoods), scale));
    }

    private static double confidence(Payload payload, float[] likelihoods) {
        boolean[] word = MarkCode.word(payload);
        int right = 0;
        for (int i = 0; i < word.length; i++) {
            right += word[i] == likelihoods[i] < 0 ? 1 : 0;
        }
        return Math.max(0, 2.0 * right / word.length - 1);
    }
}
