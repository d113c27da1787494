package dev.darkroom.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded checkpoint from prompt to picture: what it makes and what it refuses. */
class PocketFluxTest {
    private static final String RED_CIRCLE = "a red circle on a white background";
    private static final String BLUE_SQUARE = "a blue square on a yellow background";
    private static final Wish WISH = new Wish(RED_CIRCLE);

    private static @Nullable ImageModel loaded;

    @BeforeAll
    static void load() {
        loaded = LoadedModel.from(TestCheckpoints.POCKET_FLUX);
    }

    @AfterAll
    static void close() {
        model().close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1L << 32, Long.MAX_VALUE})
    void everySeedMakesAPicture(long seed) {
        Picture picture = render(WISH.withSeed(seed).job()).picture();

        assertThat(picture.level(64, 64, 0)).isGreaterThan(picture.level(64, 64, 1) + 100);
    }

    @Test
    void theCheckpointFillsInWhatAJobLeavesOut() {
        List<String> steps = new ArrayList<>();

        Rendering rendering = model().render(
                        WISH.job(),
                        TestJobs.first(WISH.job()),
                        Sources.NONE,
                        (step, all) -> steps.add(step + " of " + all));

        assertThat(rendering.picture().size()).isEqualTo(new Size(128, 128));
        assertThat(steps).containsExactly("0 of 4", "1 of 4", "2 of 4", "3 of 4", "4 of 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void stepsAreTakenAsAsked(int asked) {
        List<Integer> steps = new ArrayList<>();

        model().render(
                        WISH.withSteps(asked).job(),
                        TestJobs.first(WISH.job()),
                        Sources.NONE,
                        (step, all) -> steps.add(step));

        assertThat(steps).hasSize(asked + 1).endsWith(asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"64x64", "65x64", "100x75", "128x96", "127x129", "96x160", "64x250", "255x64"})
    void aPictureHasTheSizeThatWasAsked(String size) {
        Rendering rendering = render(WISH.with(Size.parse(size)).job());

        assertThat(rendering.picture().size()).hasToString(size);
        assertThat(rendering.notes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"512x384, 144x96", "1024x64, 512x32", "64x4096, 16x1024", "2048x2048, 128x128"})
    void aPictureBeyondTheNativeAreaIsEnlargedAndSaysSo(String asked, String generated) {
        Rendering rendering = render(WISH.with(Size.parse(asked)).job());

        assertThat(rendering.picture().size()).hasToString(asked);
        assertThat(rendering.notes())
                .containsExactly(
                        "generated at " + generated + ", where this model is at home, and resized to " + asked);
    }

    @Test
    void anEnlargedPictureStillShowsWhatWasAsked() {
        Picture picture = render(WISH.with(new Size(512, 512)).job()).picture();

        assertThat(picture.level(256, 256, 0)).isGreaterThan(200);
        assertThat(picture.level(256, 256, 1)).isLessThan(60);
        assertThat(picture.level(10, 10, 1)).isGreaterThan(235);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "\uD83D", "😀", "دائرة", "<|endoftext|></s>"})
    void unusualPromptsMakeAPicture(String prompt) {
        assertThat(render(new Wish(prompt).job()).picture().size()).isEqualTo(new Size(128, 128));
    }

    @Test
    void aLowStrengthStaysNearItsPicture() {
        Picture start = render(WISH.job()).picture();
        Wish other = new Wish(BLUE_SQUARE).withSteps(20);

        Picture near = render(new Job.FromImages(TestJobs.PLAIN, other.ask(), List.of(""), 0.05), start)
                .picture();
        Picture middle = render(new Job.FromImages(TestJobs.PLAIN, other.ask(), List.of(""), 0.6), start)
                .picture();
        Picture far = render(new Job.FromImages(TestJobs.PLAIN, other.ask(), List.of(""), 1.0), start)
                .picture();

        assertThat(TestPictures.meanDifference(start, near)).isLessThan(8);
        assertThat(TestPictures.meanDifference(start, far)).isGreaterThan(60);
        assertThat(TestPictures.meanDifference(start, middle))
                .isBetween(TestPictures.meanDifference(start, near), TestPictures.meanDifference(start, far));
    }

    @Test
    void fullStrengthForgetsItsPicture() {
        Picture start = render(WISH.job()).picture();

        Picture picture = render(
                        new Job.FromImages(TestJobs.PLAIN, new Wish(BLUE_SQUARE).ask(), List.of(""), 1.0), start)
                .picture();

        assertThat(picture.level(64, 64, 2)).isGreaterThan(150);
        assertThat(picture.level(64, 64, 0)).isLessThan(90);
        assertThat(picture.level(4, 4, 0)).isGreaterThan(200);
        assertThat(picture.level(4, 4, 2)).isLessThan(100);
    }

    @ParameterizedTest
    @CsvSource({"0.01, 4, 1", "0.01, 200, 2", "0.25, 4, 1", "0.26, 4, 2", "1, 4, 4", "0.5, 1, 1"})
    void strengthLeavesOutTheFirstSteps(double strength, int steps, int taken) {
        Picture start = render(WISH.job()).picture();
        List<String> seen = new ArrayList<>();

        model().render(
                        new Job.FromImages(TestJobs.PLAIN, WISH.withSteps(steps).ask(), List.of(""), strength),
                        TestJobs.first(WISH.job()),
                        sources(start),
                        (step, all) -> seen.add(step + " of " + all));

        assertThat(seen).hasSize(taken + 1).last().isEqualTo(taken + " of " + taken);
    }

    @ParameterizedTest
    @CsvSource({"1x1, 128x128", "300x20, 496x64", "640x480, 144x112", "200x300, 112x160"})
    void aSourceOfAnySizeIsResizedToThePictureWhichHasItsRatio(String size, String kept) {
        Size given = Size.parse(size);
        var start = new Picture(given.width(), given.height(), new byte[3 * given.width() * given.height()]);

        assertThat(render(new Job.FromImages(TestJobs.PLAIN, WISH.ask(), List.of(""), 0.5), start)
                        .picture()
                        .size())
                .hasToString(kept);
        assertThat(render(
                                new Job.FromImages(
                                        TestJobs.PLAIN,
                                        WISH.with(new Size(100, 70)).ask(),
                                        List.of(""),
                                        0.5),
                                start)
                        .picture()
                        .size())
                .isEqualTo(new Size(100, 70));
    }

    @Test
    void aNegativePromptSteersAway() {
        Wish plain = new Wish("a sunset over mountains");
        Job steered = plain.withNegative("purple", 3.0).job();
        model().check(steered);

        Rendering rendering = render(steered);

        assertThat(TestPictures.meanDifference(
                        rendering.picture(), render(plain.job()).picture()))
                .isGreaterThan(1);
    }

    /** Forms send empty fields along. */
    @Test
    void aBlankNegativePromptAsksForNothing() {
        var job = new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("", " ", null, null, null, null, 1));

        assertThatNoException().isThrownBy(() -> model().check(job));
    }

    @Test
    void aNegativePromptWithoutTrueCfgScaleIsRefused() {
        LoadedModel.assertRefused(
                model(),
                WISH.withNegative("purple", null).job(),
                "negative_prompt: has no effect with a true_cfg_scale of 1");
        LoadedModel.assertRefused(model(), WISH.withNegative("purple", 1.0).job(), "negative_prompt: has no effect");
    }

    @Test
    void aGuidanceScaleIsRefusedUnlessItMeansOnePass() {
        LoadedModel.assertRefused(
                model(),
                WISH.withGuidance(3.5).job(),
                "guidance_scale: this model has no guidance embedding: leave it out or send up to 1, not 3.5");
        for (double scale : new double[] {0, 1}) {
            assertThatCode(() -> model().check(WISH.withGuidance(scale).job())).doesNotThrowAnyException();
            assertThat(render(WISH.withGuidance(scale).job()).picture().rgb())
                    .isEqualTo(render(WISH.job()).picture().rgb());
        }
    }

    @Test
    void aMaskIsRefused() {
        LoadedModel.assertRefused(
                model(),
                new Job.Fill(TestJobs.PLAIN, WISH.ask(), "", ""),
                "mask: this model cannot fill: leave the mask out");
    }

    @Test
    void allFaultsAreInOneMessage() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> model().check(new Job.Fill(
                        TestJobs.PLAIN,
                        WISH.withGuidance(3.5).withNegative("purple", null).ask(),
                        "",
                        "")))
                .withMessageContainingAll("guidance_scale: ", "negative_prompt: ", "mask: ");
    }

    private static ImageModel model() {
        return java.util.Objects.requireNonNull(loaded);
    }

    private static Rendering render(Job job) {
        return model().render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
    }

    private static Rendering render(Job job, Picture image) {
        return model().render(job, TestJobs.first(job), sources(image), Progress.NONE);
    }

    private static Sources sources(Picture image) {
        return new Sources(List.of(image), null, List.of());
    }

    /** What a test asks for; all but the prompt is left to the checkpoint at first. */
    private record Wish(
            String prompt,
            @Nullable String negative,
            @Nullable Size size,
            @Nullable Integer steps,
            @Nullable Double guidance,
            @Nullable Double trueCfg,
            long seed) {
        Wish(String prompt) {
            this(prompt, null, null, null, null, null, 7);
        }

        Wish with(Size other) {
            return new Wish(prompt, negative, other, steps, guidance, trueCfg, seed);
        }

        Wish withSteps(int count) {
            return new Wish(prompt, negative, size, count, guidance, trueCfg, seed);
        }

        Wish withSeed(long other) {
            return new Wish(prompt, negative, size, steps, guidance, trueCfg, other);
        }

        Wish withGuidance(double scale) {
            return new Wish(prompt, negative, size, steps, scale, trueCfg, seed);
        }

        Wish withNegative(String text, @Nullable Double scale) {
            return new Wish(prompt, text, size, steps, guidance, scale, seed);
        }

        Sampling ask() {
            return TestJobs.of(prompt, negative, size, steps, guidance, trueCfg, seed);
        }

        Job job() {
            return new Job.TextToImage(TestJobs.PLAIN, ask());
        }
    }
}
