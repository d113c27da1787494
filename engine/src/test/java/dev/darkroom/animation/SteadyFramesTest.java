package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Frames neither burn nor grey, whatever the preset: measured against the first frame, on the embedded checkpoint. {@link FilmstripMain}
 * measures longer animations.
 */
class SteadyFramesTest {
    private static final int FRAMES = 48;

    @Test
    void everyPresetKeepsBrightnessContrastAndSaturation() {
        var films = new MemoryFilms();
        try (ImageModel base = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            var animated = new Animated(base, films, AnimationLimits.STANDARD, null);
            for (Preset preset : Preset.values()) {
                Job.Animation job = new Wanted(Map.of(), Map.of(), preset.fieldValue(), new Size(64, 64), 7, List.of())
                        .frames(FRAMES)
                        .job();
                animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE);

                Steadiness measured = Steadiness.of(films.frames);
                assertThat(measured.change()).as("%s: %s", preset, measured).isLessThan(0.1);
                assertThat(measured.smallestStep())
                        .as("%s: %s", preset, measured)
                        .isGreaterThan(0.2);
                assertThat(measured.largestStep())
                        .as("%s: %s", preset, measured)
                        .isLessThan(8);
            }
        }
    }
}
