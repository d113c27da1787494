package dev.darkroom.flux2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.image.PilResize;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Flux2PipelineTest {
    private static final String SMALL = """
            {"size": "64x64", "reference_area": 9216, "max_sequence_length": 64}""";

    @TempDir
    Path folder;

    @Test
    void oneModelIsMadeForDrawingAndForEditing() {
        try (ImageModel klein = LoadedModel.open("klein", TinyFlux2.KLEIN)) {
            Sampling ask = TestJobs.of("a fox", null, null, null, null, null, 1);
            assertThat(klein.fit(new Job.TextToImage(TestJobs.PLAIN, ask))).isEqualTo(Fit.MADE_FOR);
            assertThat(klein.fit(images(ask, 1, null))).isEqualTo(Fit.MADE_FOR);
            assertThat(klein.fit(images(ask, 10, null))).isEqualTo(Fit.MADE_FOR);
            assertThat(klein.fit(images(ask, 11, null))).isEqualTo(Fit.UNABLE);
            assertThat(klein.fit(images(ask, 1, 0.5))).isEqualTo(Fit.ABLE);
            assertThat(klein.fit(images(ask, 2, 0.5))).isEqualTo(Fit.UNABLE);
            assertThat(klein.fit(new Job.Fill(TestJobs.PLAIN, ask, "", ""))).isEqualTo(Fit.UNABLE);
            LoadedModel.assertRefused(
                    klein, images(ask, 2, 0.5), "images: this model takes at most 1 with a strength, not 2");
            LoadedModel.assertRefused(klein, images(ask, 11, null), "images: this model takes at most 10, not 11");
            LoadedModel.assertRefused(klein, new Job.Fill(TestJobs.PLAIN, ask, "", ""), "mask: ");
        }
    }

    @Test
    void theDefaultsAreThoseOfTheReferenceAndWhatTheCheckpointSays() throws IOException {
        try (ImageModel klein = LoadedModel.open("klein", TinyFlux2.KLEIN)) {
            assertThat(klein.defaults().steps()).isEqualTo(4);
            assertThat(klein.defaults().trueCfgScale()).isEqualTo(1);
            assertThat(klein.defaults().maxSequenceLength()).isEqualTo(512);
            assertThat(klein.defaults().size()).isEqualTo(new Size(1024, 1024));
        }
        try (ImageModel base = LoadedModel.open("base", base("{}"))) {
            assertThat(base.defaults().steps()).isEqualTo(50);
            assertThat(base.defaults().trueCfgScale()).isEqualTo(4);
        }
        try (ImageModel dev = LoadedModel.open("dev", TinyFlux2.DEV)) {
            assertThat(dev.defaults().steps()).isEqualTo(50);
            assertThat(dev.defaults().guidanceScale()).isEqualTo(4);
            assertThat(dev.defaults().trueCfgScale()).isEqualTo(1);
        }
    }

    /** Where the reference means two passes by a guidance scale, this does too. */
    @Test
    void whatIsNotDistilledTakesTwoPassesAwayFromTheEmptyPrompt() throws IOException {
        try (ImageModel base = LoadedModel.from(base(SMALL))) {
            var plain = ask(null, null);
            Map<String, Object> usual = draw(base, new Job.TextToImage(TestJobs.PLAIN, plain), Sources.NONE)
                    .parameters();
            assertThat(usual).containsEntry("true_cfg_scale", 4.0).containsEntry("negative_prompt", "");

            var guided = new Job.TextToImage(TestJobs.PLAIN, ask(3.0, null));
            base.check(guided);
            assertThat(draw(base, guided, Sources.NONE).parameters())
                    .containsEntry("true_cfg_scale", 3.0)
                    .doesNotContainKey("guidance_scale");

            var single = new Job.TextToImage(TestJobs.PLAIN, ask(1.0, null));
            base.check(single);
            assertThat(draw(base, single, Sources.NONE).parameters()).doesNotContainKey("true_cfg_scale");
        }
    }

    /** The makers' own example sends 1, which means one pass for the model that is not distilled. */
    @Test
    void guidanceThatADistilledModelWouldNotReadIsRefusedUnlessItMeansOnePass() throws IOException {
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            LoadedModel.assertRefused(
                    klein,
                    new Job.TextToImage(TestJobs.PLAIN, ask(4.0, null)),
                    "guidance_scale: this model has no guidance embedding: leave it out or send up to 1, not 4.0");
            var single = new Job.TextToImage(TestJobs.PLAIN, ask(1.0, null));
            klein.check(single);
            Rendering drawn = draw(klein, single, Sources.NONE);
            assertThat(drawn.parameters()).doesNotContainKeys("true_cfg_scale", "guidance_scale");
            assertThat(drawn.picture().rgb())
                    .isEqualTo(draw(klein, new Job.TextToImage(TestJobs.PLAIN, ask(null, null)), Sources.NONE)
                            .picture()
                            .rgb());
        }
    }

    /** What a job would be refused for, a checkpoint may not state either. */
    @Test
    void soItIsWithWhatTheCheckpointStates() throws IOException {
        Path read = TinyFlux2.make(TinyFlux2.KLEIN, folder.resolve("read"), "{\"guidance_scale\": 1}");
        LoadedModel.open("klein", read).close();
        Path unread = TinyFlux2.make(TinyFlux2.KLEIN, folder.resolve("unread"), "{\"guidance_scale\": 4}");
        TestCheckpoints.assertRefused(
                () -> LoadedModel.open("klein", unread).close(),
                "darkroom.json",
                "guidance_scale is not read: this model has no guidance embedding");
    }

    @ParameterizedTest
    @CsvSource({"100x70, , 96x64", "100x70, 80x96, 80x96", "100x70, 100x100, 100x100", "400x300, , 96x80"})
    void aPictureIsAsLargeAsWhatIsSeenOfTheFirstReference(String image, @Nullable String asked, String output)
            throws IOException {
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            Size size = Size.parse(image);
            Framing framing = asked == null ? null : new Framing.Exact(Size.parse(asked));
            var job = images(sampling(framing), 1, null);
            Rendering rendering = draw(klein, job, of(TestPictures.noise(size.width(), size.height())));
            assertThat(rendering.picture().size()).hasToString(output);
            assertThat(rendering.notes()).isEmpty();
        }
    }

    /** With megapixels only the ratio is the picture's; it is drawn at that size, not at the reference's and stretched. */
    @ParameterizedTest
    @CsvSource({"0.02, 176x128, 168x125", "0.005, 96x64, 84x62"})
    void aRatioWithMegapixelsIsDrawnAtThatSize(double megapixels, String generated, String output) throws IOException {
        try (var files = new Checkpoint("klein", TinyFlux2.KLEIN)) {
            var checkpoint = Flux2Checkpoint.of(files, ConfigFile.read(TinyFlux2.KLEIN.resolve("model_index.json")));
            var pipeline = new Flux2Pipeline(checkpoint, ReferenceSizes.STANDARD);
            PictureSizes sizes = pipeline.sizes(
                    new Framing.LikeImage(megapixels), List.of(new Size(1000, 745)), pipeline.defaults());
            assertThat(sizes.generated()).hasToString(generated);
            assertThat(sizes.output()).hasToString(output);
        }
    }

    /** A result in exactly the frame of its picture is made from all of that picture: nothing is cut off, so nothing moves. */
    @Test
    void inTheFrameOfAPictureAllOfItIsSeen() throws IOException {
        Picture picture = TestPictures.noise(251, 187);
        Picture whole = PilResize.LANCZOS.apply(picture, new Size(96, 80));
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            Job like = images(sampling(new Framing.LikeImage(null)), 1, null);
            Map<String, float[]> seen = Probe.record(() ->
                    assertThat(draw(klein, like, of(picture)).picture().size()).hasToString("251x187"));
            Map<String, float[]> expected = Probe.record(() -> draw(klein, images(sampling(null), 1, null), of(whole)));
            Map<String, float[]> cut = Probe.record(() -> draw(klein, images(sampling(null), 1, null), of(picture)));

            assertThat(seen.get("out.latents_packed")).containsExactly(expected.get("out.latents_packed"));
            assertThat(cut.get("out.latents_packed")).isNotEqualTo(expected.get("out.latents_packed"));
        }
    }

    @Test
    void anAreaOfReferencesThatWouldBeNothingIsRefusedWhenItIsRead() throws IOException {
        Path checkpoint = TinyFlux2.make(TinyFlux2.KLEIN, folder, "{\"reference_area\": 8191}");
        TestCheckpoints.assertRefused(
                () -> LoadedModel.open("klein", checkpoint).close(),
                "darkroom.json",
                "reference_area must be at least 8192");
        var least = new ReferenceSizes(ReferenceSizes.LEAST_AREA);
        assertThat(least.of(new Size(512, 64))).hasToString("256x32");
        assertThat(least.of(new Size(65, 513))).hasToString("32x240");
    }

    /** What a size would take is told for every size that a model may be asked for, though no such picture would be taken. */
    @Test
    void theDemandOfALongSizeIsKnown() {
        try (ImageModel klein = LoadedModel.open("klein", TinyFlux2.KLEIN)) {
            assertThat(klein.demand(new Size(4096, 64)).in(DType.FLOAT32).vae()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"63, 100, at least 64 pixels", "600, 64, at most 8 times as long", "64, 513, at most 8 times as long"})
    void referencesThatTheReferenceRefusesAreRefused(int width, int height, String why) throws IOException {
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            Job job = images(ask(null, null), 1, null);
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> draw(klein, job, of(TestPictures.noise(width, height))))
                    .withMessageStartingWith("images: ")
                    .withMessageContaining(why)
                    .matches(e -> e.code() == JobException.Code.BAD_INPUT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void referencesFollowTheGeneratedTokens(int count) throws IOException {
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            Picture picture = TestPictures.noise(64, 64);
            Job job = images(ask(null, null), count, null);
            Map<String, float[]> seen = Probe.record(
                    () -> draw(klein, job, new Sources(Collections.nCopies(count, picture), null, List.of())));
            assertThat(seen.get("x_embedder")).hasSize((1 + count) * 16 * 48);
            assertThat(seen.get("out.latents_packed")).hasSize(16 * 128);
        }
    }

    /** What a job takes follows from the largest of its references, not from their mean. */
    @Test
    void theLargestReferenceDecidesWhatEncodingTakes() throws IOException {
        try (ImageModel klein = LoadedModel.open("klein", TinyFlux2.KLEIN)) {
            Picture small = TestPictures.noise(64, 64);
            Picture large = TestPictures.noise(512, 512);
            assertThat(encoding(klein, small, large)).isEqualTo(encoding(klein, large, large));
            assertThat(encoding(klein, small, small)).isLessThan(encoding(klein, small, large));
        }
    }

    private static long encoding(ImageModel klein, Picture... pictures) {
        Job job = images(sampling(new Framing.Exact(new Size(64, 64))), pictures.length, null);
        return klein.demand(job, job.samples(), new Sources(List.of(pictures), null, List.of()))
                .in(DType.FLOAT32)
                .vae();
    }

    /** FLUX.2-dev-Turbo has levels of its own, which are moved as all levels are; other checkpoints, and other steps, keep theirs. */
    @Test
    void aTurboLoraOfDevBringsItsLevels() throws IOException {
        var index = ConfigFile.read(TinyFlux2.DEV.resolve("model_index.json"));
        try (var files = new Checkpoint("dev", TinyFlux2.DEV)) {
            Flux2Checkpoint dev = Flux2Checkpoint.of(files, index);
            FlowMatchSchedule usual = dev.schedule(
                    FlowMatchSchedule.read(ConfigFile.read(TinyFlux2.DEV.resolve("scheduler/scheduler_config.json"))));
            FlowMatchSchedule turbo = dev.turbo(usual, 8);
            double moved = Math.exp(usual.mu(4096, 8));

            assertThat(turbo.sigmas(8, 4096)).hasSize(9).startsWith(1.0).endsWith(0.0);
            assertThat(turbo.sigmas(8, 4096)[1]).isCloseTo(moved / (moved + 1 / 0.6509 - 1), within(1e-12));
            assertThat(turbo.sigmas(4, 4096)).containsExactly(usual.sigmas(4, 4096));
            assertThat(dev.turbo(usual, 4)).isEqualTo(usual);
        }
    }

    @Test
    void withAStrengthAPictureIsTheStartOfWhichAPartIsKept() throws IOException {
        try (ImageModel klein = LoadedModel.from(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL))) {
            Sampling ask = TestJobs.of("a fox", null, new Size(64, 64), 4, null, null, 7);
            Picture start = TestPictures.noise(64, 64);
            Picture other = TestPictures.gradient(64, 64);
            Picture alone = draw(klein, new Job.TextToImage(TestJobs.PLAIN, ask), Sources.NONE)
                    .picture();

            Rendering whole = draw(klein, images(ask, 1, 1.0), of(start));
            assertThat(TestPictures.meanDifference(whole.picture(), alone))
                    .as("nothing is kept")
                    .isLessThan(0.1);
            assertThat(whole.parameters()).containsEntry("strength", 1.0);

            Picture half = draw(klein, images(ask, 1, 0.5), of(start)).picture();
            assertThat(half.rgb())
                    .isNotEqualTo(alone.rgb())
                    .isNotEqualTo(draw(klein, images(ask, 1, 0.5), of(other))
                            .picture()
                            .rgb())
                    .isNotEqualTo(draw(klein, images(ask, 1, null), of(start))
                            .picture()
                            .rgb());
            assertThat(draw(klein, images(ask, 1, 0.5), of(start)).picture().rgb())
                    .isEqualTo(half.rgb());
        }
    }

    private Path base(String defaults) throws IOException {
        return TinyFlux2.base(TinyFlux2.make(TinyFlux2.KLEIN, folder, defaults));
    }

    private static Rendering draw(ImageModel model, Job job, Sources sources) {
        return model.render(job, TestJobs.first(job), sources, Progress.NONE);
    }

    private static Sources of(Picture picture) {
        return new Sources(List.of(picture), null, List.of());
    }

    private static Job.FromImages images(Sampling sampling, int count, @Nullable Double strength) {
        return new Job.FromImages(TestJobs.PLAIN, sampling, Collections.nCopies(count, ""), strength);
    }

    private static Sampling ask(@Nullable Double guidance, @Nullable Double cfg) {
        return new Sampling(List.of("a fox"), null, null, 1, guidance, cfg, 7, 1, Shortcuts.NONE, List.of());
    }

    private static Sampling sampling(@Nullable Framing framing) {
        return new Sampling(List.of("a fox"), null, framing, 1, null, null, 7, 1, Shortcuts.NONE, List.of());
    }
}
