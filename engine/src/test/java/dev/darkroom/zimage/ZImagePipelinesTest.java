package dev.darkroom.zimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Z-Image from a checkpoint folder to a picture: what it takes, what it chooses, and what a mask leaves alone. */
class ZImagePipelinesTest {
    private static final String SMALL = "{\"size\": \"64x64\", \"steps\": 2}";

    @TempDir
    Path folder;

    @Test
    void theScheduleTellsTheDistilledCheckpointFromTheOther() throws IOException {
        try (ImageModel turbo = LoadedModel.open("turbo", TinyZImage.make(folder.resolve("turbo"), "{}"));
                ImageModel base =
                        LoadedModel.open("base", TinyZImage.base(TinyZImage.make(folder.resolve("base"), "{}")))) {
            assertThat(turbo.defaults().steps()).isEqualTo(8);
            assertThat(turbo.defaults().trueCfgScale()).isEqualTo(1);
            assertThat(base.defaults().steps()).isEqualTo(50);
            assertThat(base.defaults().trueCfgScale()).isEqualTo(5);
            assertThat(base.defaults().size()).isEqualTo(new Size(1024, 1024));
        }
    }

    /** The reference's guidance scale of 4 is a true CFG scale of 5: it counts from 0. */
    @ParameterizedTest
    @CsvSource({"0, ", "0.5, 1.5", "4, 5"})
    void aGuidanceScaleIsThatOfTheReference(double guidanceScale, @Nullable Double trueCfgScale) throws IOException {
        try (ImageModel model = LoadedModel.from(TinyZImage.make(folder, SMALL))) {
            Rendering asked = text(model, guidanceScale, null);

            if (trueCfgScale == null) {
                assertThat(asked.parameters()).doesNotContainKeys("true_cfg_scale", "negative_prompt");
                assertThat(asked.picture().rgb())
                        .isEqualTo(text(model, null, null).picture().rgb());
            } else {
                assertThat(asked.parameters())
                        .containsEntry("true_cfg_scale", trueCfgScale)
                        .containsEntry("negative_prompt", "");
                assertThat(asked.picture().rgb())
                        .isEqualTo(text(model, null, trueCfgScale).picture().rgb());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"guidance_scale": 3}                        | 4
            {"guidance_scale": 0}                        | 1
            {"true_cfg_scale": 3}                        | 3
            """)
    void soItIsInTheCheckpointsFile(String defaults, double trueCfgScale) throws IOException {
        try (ImageModel model = LoadedModel.open("base", TinyZImage.base(TinyZImage.make(folder, defaults)))) {
            assertThat(model.defaults().trueCfgScale()).isEqualTo(trueCfgScale);
        }
    }

    @Test
    void twoScalesOfOneMeaningAreRefused() throws IOException {
        try (ImageModel model = LoadedModel.open("turbo", TinyZImage.make(folder, SMALL))) {
            LoadedModel.assertRefused(
                    model,
                    new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", null, null, 2, 3.0, 4.0, 1)),
                    "guidance_scale: means the same as true_cfg_scale for this model: send one of them");
        }
        Path both = TinyZImage.make(folder.resolve("both"), "{\"guidance_scale\": 9, \"true_cfg_scale\": 3}");
        TestCheckpoints.assertRefused(
                () -> LoadedModel.open("both", both).close(),
                "darkroom.json",
                "guidance_scale means the same as true_cfg_scale");
    }

    @Test
    void aNegativePromptNeedsAScale() throws IOException {
        try (ImageModel model = LoadedModel.open("turbo", TinyZImage.make(folder, SMALL))) {
            LoadedModel.assertRefused(
                    model,
                    new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", "blurry", null, 2, 0.0, null, 1)),
                    "negative_prompt: has no effect with a guidance_scale of 0.0: send one above 0");
            LoadedModel.assertRefused(
                    model,
                    new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", "blurry", null, 2, null, null, 1)),
                    "negative_prompt: has no effect with a true_cfg_scale of 1.0: send one above 1");
        }
    }

    @Test
    void theCheckpointSaysHowTwoPassesBecomeOne() throws IOException {
        byte[] plain = guided("{\"size\": \"64x64\", \"steps\": 3}", 3);
        assertThat(guided("{\"size\": \"64x64\", \"steps\": 3, \"cfg_normalization\": 100, \"cfg_truncation\": 1}", 3))
                .as("no bound is reached")
                .isEqualTo(plain);
        assertThat(guided("{\"size\": \"64x64\", \"steps\": 3, \"cfg_normalization\": true}", 3))
                .isNotEqualTo(plain);
        assertThat(guided("{\"size\": \"64x64\", \"steps\": 3, \"cfg_truncation\": 0.3}", 2))
                .as("the last step takes one pass")
                .isNotEqualTo(plain);
    }

    private byte[] guided(String defaults, int guidedSteps) throws IOException {
        try (ImageModel model = LoadedModel.from(TinyZImage.make(folder, defaults))) {
            byte[][] rgb = new byte[1][];
            Map<String, float[]> seen =
                    Probe.record(() -> rgb[0] = text(model, 4.0, null).picture().rgb());
            assertThat(seen.keySet().stream().filter(name -> name.endsWith("negative_model_out")))
                    .hasSize(guidedSteps);
            return rgb[0];
        }
    }

    @Test
    void jobsOfEveryKindFindThePipeline() throws IOException {
        try (ImageModel model = LoadedModel.open("turbo", TinyZImage.make(folder, SMALL))) {
            Sampling ask = TestJobs.of("a fox", null, null, 2, null, null, 1);
            assertThat(model.fit(new Job.TextToImage(TestJobs.PLAIN, ask))).isEqualTo(Fit.MADE_FOR);
            assertThat(model.fit(start(ask, 1, 0.5))).isEqualTo(Fit.MADE_FOR);
            assertThat(model.fit(start(ask, 1, null))).as("may mean an edit").isEqualTo(Fit.ABLE);
            assertThat(model.fit(start(ask, 2, 0.5))).isEqualTo(Fit.UNABLE);
            assertThat(model.fit(new Job.Fill(TestJobs.PLAIN, ask, "", "")))
                    .as("models for filling do better")
                    .isEqualTo(Fit.ABLE);
            LoadedModel.assertRefused(model, start(ask, 2, 0.5), "images: this model takes one image, not 2");
        }
    }

    @Test
    void aPictureThatStartsFromAnotherKeepsItsRatio() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyZImage.make(folder, SMALL))) {
            Sampling ask = TestJobs.of("a fox", null, null, 2, null, null, 1);
            Rendering rendering = render(model, start(ask, 1, null), TestPictures.noise(200, 100), null);

            assertThat(rendering.picture().size()).isEqualTo(new Size(96, 64));
            assertThat(rendering.parameters()).containsEntry("strength", 0.6);
        }
    }

    /** What is black in the mask is, in the latents, what the picture was; what is white is painted. */
    @Test
    void aMaskLeavesTheRestAsItWas() throws IOException {
        Picture picture = TestPictures.noise(64, 64);
        byte[] half = new byte[3 * 64 * 64];
        for (int i = 0; i < half.length; i++) {
            half[i] = (byte) (i / 3 % 64 < 32 ? 255 : 0);
        }
        try (ImageModel model = LoadedModel.from(TinyZImage.make(folder, SMALL))) {
            var job = new Job.Fill(TestJobs.PLAIN, TestJobs.of("a fox", null, null, 3, null, null, 1), "", "");
            Map<String, float[]> seen = Probe.record(() -> render(model, job, picture, new Picture(64, 64, half)));
            float[] was = Objects.requireNonNull(seen.get("mid.image_latents_packed"));
            float[] is = Objects.requireNonNull(seen.get("out.latents_packed"));

            double painted = 0;
            for (int i = 0; i < is.length; i++) {
                int column = i / 64 % 4; // 4 × 4 tokens of 64 numbers
                if (column >= 2) {
                    assertThat(is[i]).as("%d", i).isCloseTo(was[i], within(1e-5f));
                } else {
                    painted += Math.abs(is[i] - was[i]);
                }
            }
            assertThat(painted).isGreaterThan(100);
        }
    }

    /** Prompts are read one by one, so it is all one with what a tokenizer would pad, and on which side. */
    @Test
    void paddingOfTheTokenizerMeansNothing() throws IOException {
        Path plain = TinyZImage.make(folder.resolve("plain"), SMALL);
        Path padded = TinyZImage.make(folder.resolve("padded"), SMALL);
        TestCheckpoints.edit(
                padded.resolve("tokenizer/tokenizer_config.json"),
                config -> config.put("padding_side", "left").put("pad_token", "no token of it"));

        try (ImageModel one = LoadedModel.from(plain);
                ImageModel other = LoadedModel.from(padded)) {
            assertThat(text(other, null, null).picture().rgb())
                    .isEqualTo(text(one, null, null).picture().rgb());
        }
    }

    /** From a prompt alone the reference draws noise in float32, from a picture in the type that it computes in. */
    @Test
    void noiseIsDrawnInTheReferencesType() {
        try (var files = new Checkpoint("test", TinyZImage.TURBO)) {
            var pipeline = new ZImagePipeline(ZImageCheckpoint.of(files, ZImageGuiding.USUAL));
            var picture = new Sources(List.of(TestPictures.noise(64, 64)), null, List.of());

            assertThat(pipeline.noiseType(DType.BFLOAT16, Sources.NONE)).isEqualTo(DType.FLOAT32);
            assertThat(pipeline.noiseType(DType.BFLOAT16, picture)).isEqualTo(DType.BFLOAT16);
        }
    }

    private static Rendering text(ImageModel model, @Nullable Double guidanceScale, @Nullable Double trueCfgScale) {
        var job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a fox", null, null, null, guidanceScale, trueCfgScale, 1));
        model.check(job);
        return model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
    }

    private static Job start(Sampling ask, int images, @Nullable Double strength) {
        return new Job.FromImages(TestJobs.PLAIN, ask, Collections.nCopies(images, ""), strength);
    }

    private static Rendering render(ImageModel model, Job job, Picture picture, @Nullable Picture mask) {
        return model.render(job, TestJobs.first(job), new Sources(List.of(picture), mask, List.of()), Progress.NONE);
    }
}
