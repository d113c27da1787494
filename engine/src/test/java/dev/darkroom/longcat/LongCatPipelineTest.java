package dev.darkroom.longcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LongCat-Image's rules, from a checkpoint's folder to a picture, on tiny networks of random weights. */
class LongCatPipelineTest {
    private static final String SMALL = "{\"size\": \"64x64\", \"reference_area\": 9216, \"max_sequence_length\": 48}";

    @TempDir
    Path folder;

    @Test
    void theDefaultsAreThoseOfTheReference() throws IOException {
        try (ImageModel image = LoadedModel.open("longcat", TinyLongCat.IMAGE);
                ImageModel edit = LoadedModel.open("edit", TinyLongCat.edit(folder.resolve("edit"), "{}"))) {
            for (ImageModel model : List.of(image, edit)) {
                assertThat(model.defaults().size()).isEqualTo(new Size(1024, 1024));
                assertThat(model.defaults().steps()).isEqualTo(50);
                assertThat(model.defaults().trueCfgScale()).isEqualTo(4.5);
                assertThat(model.defaults().maxSequenceLength()).isEqualTo(512);
            }
        }
    }

    /** Its configs are those of the checkpoint that it was distilled from. */
    @Test
    void theDistilledCheckpointIsKnownByItsName() throws IOException {
        Path checkpoint = TinyLongCat.edit(folder.resolve("any"), "{}");
        Path named = TinyLongCat.edit(folder.resolve("models--meituan-longcat--LongCat-Image-Edit-Turbo/abc"), "{}");
        Path other = TinyLongCat.edit(folder.resolve("LongCat-Image-Edit-Turbo"), "{\"steps\": 6}");

        try (ImageModel byName = LoadedModel.open("meituan-longcat/LongCat-Image-Edit-Turbo", checkpoint);
                ImageModel byFolder = LoadedModel.open("edit", named);
                ImageModel stated = LoadedModel.open("edit", other)) {
            assertThat(byName.defaults().steps()).isEqualTo(8);
            assertThat(byFolder.defaults().steps()).isEqualTo(8);
            assertThat(byFolder.defaults().trueCfgScale()).isEqualTo(1);
            assertThat(stated.defaults().steps()).isEqualTo(6);
        }
        Path beside = TinyLongCat.edit(folder.resolve("LongCat-Image-Edit-Turbo-and-others/LongCat-Image-Edit"), "{}");
        try (ImageModel plain = LoadedModel.open("edit", beside)) {
            assertThat(plain.defaults().steps()).isEqualTo(50);
        }
    }

    @Test
    void anEditIsComputedAtItsAreaAndGivenInTheSizeThatWasAskedFor() throws IOException {
        var pipeline = new LongCatPipeline(
                LongCatNetworks.checkpoint(new Checkpoint("tiny", TinyLongCat.IMAGE)),
                Optional.of(new LongCatEdits(1024 * 1024, false)),
                false);
        var defaults = pipeline.defaults();
        Size photo = new Size(1920, 1080);
        Size seen = new Size(1376, 768);

        assertThat(pipeline.sizes(null, List.of(photo), defaults)).isEqualTo(new PictureSizes(seen, seen));
        assertThat(pipeline.sizes(new Framing.LikeImage(null), List.of(photo), defaults))
                .isEqualTo(new PictureSizes(seen, photo));
        assertThat(pipeline.sizes(new Framing.Exact(new Size(512, 512)), List.of(photo), defaults))
                .isEqualTo(new PictureSizes(new Size(1024, 1024), new Size(512, 512)));
        assertThat(pipeline.imageTokens(seen, List.of(photo))).isEqualTo(2 * 86 * 48);
    }

    /** From a prompt the reference draws noise in float32, for an edit in the type that it computes in. */
    @Test
    void noiseIsDrawnInTheReferencesType() throws IOException {
        var checkpoint = LongCatNetworks.checkpoint(new Checkpoint("tiny", TinyLongCat.IMAGE));
        var image = new LongCatPipeline(checkpoint, Optional.empty(), true);
        var edit = new LongCatPipeline(checkpoint, Optional.of(new LongCatEdits(9216, false)), false);
        var picture = new Sources(List.of(TestPictures.noise(64, 64)), null, List.of());

        assertThat(image.noiseType(DType.BFLOAT16, Sources.NONE)).isEqualTo(DType.FLOAT32);
        assertThat(edit.noiseType(DType.BFLOAT16, picture)).isEqualTo(DType.BFLOAT16);
    }

    @Test
    void whatItCannotDoIsRefusedByItsField() throws IOException {
        Sampling any = ask("a fox", null, null);
        try (ImageModel image = LoadedModel.open("longcat", TinyLongCat.image(folder.resolve("image"), SMALL));
                ImageModel edit = LoadedModel.open("edit", TinyLongCat.edit(folder.resolve("edit"), SMALL))) {
            LoadedModel.assertRefused(
                    image,
                    new Job.FromImages(TestJobs.PLAIN, any, List.of(""), null),
                    "image: this model draws from a prompt alone");
            LoadedModel.assertRefused(edit, new Job.TextToImage(TestJobs.PLAIN, any), "image: is missing");
            LoadedModel.assertRefused(edit, new Job.Fill(TestJobs.PLAIN, any, "", ""), "mask: ");
            LoadedModel.assertRefused(
                    edit, new Job.FromImages(TestJobs.PLAIN, any, List.of(""), 0.5), "strength: this model edits");
            LoadedModel.assertRefused(
                    edit,
                    new Job.FromImages(TestJobs.PLAIN, any, List.of("", ""), null),
                    "images: this model takes one image, not 2");
            LoadedModel.assertRefused(
                    image,
                    new Job.TextToImage(TestJobs.PLAIN, ask("an <|image_pad|>", null, null)),
                    "prompt: must not contain <|image_pad|>");
            LoadedModel.assertRefused(
                    image,
                    new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", "blurry", null, 1, 1.0, null, 1)),
                    "negative_prompt: has no effect with a guidance_scale of 1.0: send one above 1");
        }
    }

    /** The reference calls it so. */
    @Test
    void aGuidanceScaleIsThatOfTheSecondPass() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyLongCat.image(folder, SMALL))) {
            var job = new Job.TextToImage(TestJobs.PLAIN, ask("a fox", null, 3.5));
            model.check(job);

            assertThat(model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                            .parameters())
                    .containsEntry("true_cfg_scale", 3.5)
                    .containsEntry("negative_prompt", "");
        }
    }

    /** What stands in quotation marks is read otherwise than without them; the padding behind it is always the same. */
    @Test
    void allPaddingIsOneState() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyLongCat.image(folder, SMALL))) {
            Map<String, float[]> seen = Probe.record(() -> {
                var job = new Job.TextToImage(TestJobs.PLAIN, ask("a 'fox'", null, null));
                model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
            });
            float[] embeds = Objects.requireNonNull(seen.get("prompt_embeds"));
            int width = embeds.length / 48;

            assertThat(width).isEqualTo(48);
            for (int row = 30; row < 48; row++) {
                assertThat(Arrays.copyOfRange(embeds, row * width, (row + 1) * width))
                        .isEqualTo(Arrays.copyOfRange(embeds, 47 * width, 48 * width));
            }
            assertThat(Arrays.copyOfRange(embeds, 0, width))
                    .isNotEqualTo(Arrays.copyOfRange(embeds, 47 * width, 48 * width));
        }
    }

    /** Early checkpoints name neither in their index. */
    @Test
    void anIndexMayLeaveComponentsOut() throws IOException {
        Path checkpoint = TinyLongCat.image(folder, SMALL);
        TestCheckpoints.edit(
                checkpoint.resolve("model_index.json"),
                index -> index.remove(List.of("transformer", "text_processor")));
        TestCheckpoints.empty(checkpoint.resolve("text_processor"), "");

        try (ImageModel model = LoadedModel.from(checkpoint)) {
            var job = new Job.TextToImage(TestJobs.PLAIN, ask("a fox", null, null));
            assertThat(model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                            .picture()
                            .size())
                    .isEqualTo(new Size(64, 64));
        }
    }

    @Test
    void anEditSeesItsPicture() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyLongCat.edit(folder, SMALL))) {
            var job = new Job.FromImages(TestJobs.PLAIN, ask("make it night", null, null), List.of(""), null);
            model.check(job);
            Map<String, float[]> seen = Probe.record(() -> {
                var rendering = model.render(
                        job,
                        TestJobs.first(job),
                        new Sources(List.of(TestPictures.noise(80, 60)), null, List.of()),
                        Progress.NONE);
                assertThat(rendering.picture().size()).isEqualTo(new Size(112, 96));
            });

            assertThat(seen).containsKeys("mid.image_latents_packed", "patch_embed", "negative_prompt_embeds");
        }
    }

    private static Sampling ask(String prompt, @Nullable Size size, @Nullable Double guidance) {
        return TestJobs.of(prompt, null, size, 1, guidance, null, 1);
    }
}
