package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.TinyPipeline;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames of two prompts, of two seeds' noise, drawn more than once, and of which a part stays as it was. */
class BlendedFramesTest extends DrawnByPocketFlux {
    private static final Wanted CIRCLE_TO_SQUARE = Wanted.ZOOM
            .frames(5)
            .with("animation_mode", "Interpolation", "seed_behavior", "fixed")
            .withPrompts(Map.of("0", "a red circle", "4", "a blue square on a yellow field"));

    @Test
    void onePromptTurnsIntoTheNext() {
        List<Picture> film = draw(CIRCLE_TO_SQUARE);

        assertThat(film.getFirst().rgb())
                .isEqualTo(alone("a red circle", "seed_behavior", "fixed").rgb());
        assertThat(film.getLast().rgb())
                .isEqualTo(alone("a blue square on a yellow field", "seed_behavior", "fixed")
                        .rgb());
        double whole = TestPictures.meanDifference(film.getFirst(), film.getLast());
        for (int i = 1; i < film.size(); i++) {
            assertThat(TestPictures.meanDifference(film.get(i - 1), film.get(i)))
                    .as("from frame %d to the next", i - 1)
                    .isBetween(0.1, 0.9 * whole);
        }
    }

    @Test
    void everyFamilyBlends(@TempDir Path folder) throws IOException {
        for (TinyPipeline pipeline : List.of(TinyPipeline.FLUX2_KLEIN, TinyPipeline.ZIMAGE)) {
            try (ImageModel tiny = pipeline.load(Files.createDirectory(folder.resolve(pipeline.name())))) {
                var animated = new Animated(tiny, films, AnimationLimits.STANDARD, null);
                Job.Animation job = CIRCLE_TO_SQUARE.with("steps", "2").job();
                animated.check(job);
                assertThat(animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE)
                                .notes())
                        .containsExactly("settings of 2D and 3D alone, without an effect with Interpolation: zoom");
                List<byte[]> seen = new ArrayList<>();
                for (Picture frame : films.frames) {
                    assertThat(seen).as("%s", pipeline).doesNotContain(frame.rgb());
                    seen.add(frame.rgb());
                }
            }
        }
    }

    @Test
    void noiseOfASecondSeedComesIn() {
        Picture none = alone("a red circle");
        Picture second = draw(Wanted.ZOOM.frames(1).withSeed(99).withPrompts(Map.of("0", "a red circle")))
                .getFirst();

        assertThat(subseed("0").rgb()).isEqualTo(none.rgb());
        assertThat(TestPictures.meanDifference(subseed("1"), second)).isLessThan(0.1);
        Picture between = subseed("0.3");
        assertThat(TestPictures.meanDifference(between, none))
                .isLessThan(TestPictures.meanDifference(between, second))
                .isGreaterThan(0.1);
    }

    private Picture subseed(String strength) {
        return alone(
                "a red circle",
                "enable_subseed_scheduling",
                "true",
                "subseed_schedule",
                "0:(99)",
                "subseed_strength_schedule",
                "0:(" + strength + ")");
    }

    @Test
    void aFramesStartIsDrawnAsOftenAsAsked() {
        Wanted zoom = Wanted.ZOOM.frames(2);
        List<Picture> once = draw(zoom);
        var steps = new ArrayList<Integer>();
        List<Picture> again = draw(zoom.with("diffusion_redo", "2"), Sources.NONE, (step, all) -> steps.add(step));

        assertThat(again.getFirst().rgb()).isEqualTo(once.getFirst().rgb());
        assertThat(again.getLast().rgb()).isNotEqualTo(once.getLast().rgb());
        assertThat(steps).isSorted().endsWith(24);
        assertThat(draw(zoom.with("diffusion_redo", "2")).getLast().rgb())
                .isEqualTo(again.getLast().rgb());
        assertRefused(zoom.with("diffusion_redo", "11"), "diffusion_redo: must be from 0 to 10");
    }

    @Test
    void allFramesKeepTheImageOutsideTheMask() {
        Picture image = TestPictures.gradient(96, 96);
        Wanted masked = Wanted.ZOOM.frames(3).fromImage().withMask().with("mask_overlay_blur", "0");
        for (String cadence : List.of("1", "2")) {
            for (boolean inverted : new boolean[] {false, true}) {
                List<Picture> film = draw(
                        masked.with("diffusion_cadence", cadence, "invert_mask", String.valueOf(inverted)),
                        new Sources(List.of(image), leftHalf(), List.of()),
                        Progress.NONE);

                assertThat(film).hasSize(3);
                assertThat(differences(film.getFirst(), film.getLast(), inverted))
                        .as("where the mask is black")
                        .isZero();
                assertThat(differences(film.getFirst(), film.getLast(), !inverted))
                        .as("where the mask is white")
                        .isGreaterThan(1);
            }
        }
    }

    @Test
    void theEdgeOfAMaskIsSoft() {
        Picture image = TestPictures.gradient(64, 64);
        Sources sources = new Sources(List.of(image), leftHalf(), List.of());
        Wanted masked = Wanted.ZOOM.frames(1).fromImage().withMask().with("strength", "0");
        Picture hard = draw(masked.with("mask_overlay_blur", "0"), sources, Progress.NONE)
                .getFirst();
        Picture soft = draw(masked, sources, Progress.NONE).getFirst();

        assertThat(soft.level(0, 10, 0)).isEqualTo(hard.level(0, 10, 0));
        assertThat(soft.level(63, 10, 0)).isEqualTo(hard.level(63, 10, 0));
        assertThat(TestPictures.meanDifference(soft, hard)).isBetween(0.1, 6.0);
    }

    @Test
    void masksThatAreOfNoUseAreRefused() {
        Wanted image = Wanted.ZOOM.frames(1).fromImage();
        assertRefused(image.with("use_mask", "true"), "use_mask: is true, but the job has no mask");
        assertRefused(image.withMask().with("use_mask", "false"), "use_mask: is false, so the job's mask is of no use");
        assertRefused(
                image.withMask().with("overlay_mask", "0"), "overlay_mask: is false, so the job's mask is of no use");
        assertRefused(
                image.withMask().with("mask_overlay_blur", "65"), "mask_overlay_blur: must be from 0 to 64, not 65");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> Wanted.ZOOM.withMask().job())
                .withMessageContaining("mask: needs an image");
    }

    private static Picture leftHalf() {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % 64 < 32 ? 255 : 0);
        }
        return new Picture(64, 64, rgb);
    }

    /** Mean difference of one half; some pixels about the mask's edge, which is resized, left out. */
    private static double differences(Picture one, Picture other, boolean isLeft) {
        double sum = 0;
        for (int y = 0; y < 64; y++) {
            for (int x = isLeft ? 0 : 36; x < (isLeft ? 28 : 64); x++) {
                sum += Math.abs(one.level(x, y, 0) - other.level(x, y, 0));
            }
        }
        return sum / (28 * 64);
    }

    private Picture alone(String prompt, String... settings) {
        return draw(Wanted.ZOOM.frames(1).with(settings).withPrompts(Map.of("0", prompt)))
                .getFirst();
    }

    private List<Picture> draw(Wanted wanted) {
        return draw(wanted, Sources.NONE, Progress.NONE);
    }

    private List<Picture> draw(Wanted wanted, Sources sources, Progress progress) {
        Job.Animation job = wanted.of(new Size(64, 64)).job();
        Animated animated = animated();
        animated.check(job);
        animated.render(job, job.samples().getFirst(), sources, progress);
        return List.copyOf(films.frames);
    }

    private void assertRefused(Wanted wanted, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> animated().check(wanted.job()))
                .withMessageContaining(message);
    }
}
