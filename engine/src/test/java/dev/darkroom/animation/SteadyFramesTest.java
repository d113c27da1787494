package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames neither burn nor grey, whatever the preset: measured against the first frame, on the embedded checkpoint. */
class SteadyFramesTest {
    private static final double MOST = 0.10;
    private static final int FRAMES = Integer.getInteger("darkroom.test.frames", 48);
    private static final int SIDE = Integer.getInteger("darkroom.test.side", 64);

    @Test
    void everyPresetKeepsBrightnessContrastAndSaturation() {
        var films = new MemoryFilms();
        try (ImageModel base = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            var animated = new Animated(base, films, AnimationLimits.STANDARD, null);
            for (Preset preset : Preset.values()) {
                var job = new Wanted(Map.of(), Map.of(), preset.fieldValue(), new Size(SIDE, SIDE), 7, List.of())
                        .frames(FRAMES)
                        .job();
                animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE);

                Look first = Look.of(films.frames.getFirst());
                double change = films.frames.stream()
                        .mapToDouble(frame -> Look.of(frame).changeFrom(first))
                        .max()
                        .orElseThrow();
                System.out.printf(
                        Locale.ROOT,
                        "%s: largest change %.3f, last %s of %s, steps between frames %.1f to %.1f%n",
                        preset,
                        change,
                        Look.of(films.frames.getLast()),
                        first,
                        steps(films.frames, false),
                        steps(films.frames, true));
                assertThat(change).as("%s: largest change of brightness, contrast or saturation", preset)
                        .isLessThan(MOST);
            }
        }
    }

    private static double steps(List<Picture> frames, boolean largest) {
        double found = largest ? 0 : 255;
        for (int i = 1; i < frames.size(); i++) {
            double step = TestPictures.meanDifference(frames.get(i - 1), frames.get(i));
            found = largest ? Math.max(found, step) : Math.min(found, step);
        }
        return found;
    }
}
