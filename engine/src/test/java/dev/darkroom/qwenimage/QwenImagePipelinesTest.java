package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three pipelines from a checkpoint folder to a picture, on tiny networks of random weights. */
class QwenImagePipelinesTest {
    private static final String TEXT = "QwenImagePipeline";
    private static final String SINGLE = "QwenImageEditPipeline";
    private static final String PLUS = "QwenImageEditPlusPipeline";
    private static final String SMALL = "{\"size\": \"64x64\", \"reference_area\": 9216, \"condition_area\": 4096}";

    @TempDir
    Path folder;

    @Test
    void theDefaultsAreThoseOfThePublishedCards() throws IOException {
        try (ImageModel model = LoadedModel.open("qwen", TinyQwen.make(folder, PLUS, "{}"))) {
            assertThat(model.defaults().steps()).isEqualTo(50);
            assertThat(model.defaults().trueCfgScale()).isEqualTo(4);
            assertThat(model.defaults().size()).isEqualTo(new Size(1024, 1024));
        }
    }

    @Test
    void aPromptAloneMakesAPicture() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyQwen.make(folder, TEXT, SMALL))) {
            var job = new Job.TextToImage(TestJobs.PLAIN, ask(null));
            model.check(job);

            assertThat(render(model, job).picture().size()).isEqualTo(new Size(64, 64));
            assertThat(render(model, new Job.TextToImage(TestJobs.PLAIN, ask(new Size(70, 90))))
                            .picture()
                            .size())
                    .isEqualTo(new Size(70, 90));
            assertThat(model.fit(edit(ask(null), 1))).isEqualTo(Fit.UNABLE);
            LoadedModel.assertRefused(model, edit(ask(null), 1), "image: this model draws from a prompt alone");
        }
    }

    @Test
    void withoutANegativePromptItSteersAwayFromASpaceUnlessTheScaleIsOne() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyQwen.make(folder, TEXT, SMALL))) {
            var usual = new Job.TextToImage(TestJobs.PLAIN, ask(null));
            var single = new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", null, null, 1, null, 1.0, 1));

            assertThat(render(model, usual).parameters())
                    .containsEntry("negative_prompt", " ")
                    .containsEntry("true_cfg_scale", 4.0);
            assertThat(render(model, single).parameters()).containsOnlyKeys("num_inference_steps", "size");
            assertThat(render(model, single).picture().rgb())
                    .isNotEqualTo(render(model, usual).picture().rgb());
        }
    }

    @Test
    void anEditOfOnePictureKeepsItsRatioAtTheReferenceArea() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyQwen.make(folder, SINGLE, SMALL))) {
            Job job = edit(ask(null), 1);
            model.check(job);

            Rendering rendering = render(model, job, new Size(300, 130));

            assertThat(rendering.picture().size()).isEqualTo(new Size(160, 64));
            assertThat(rendering.notes()).isEmpty();
            assertThat(model.fit(edit(ask(null), 2))).isEqualTo(Fit.UNABLE);
            LoadedModel.assertRefused(model, edit(ask(null), 2), "images: this model takes at most 1, not 2");
        }
    }

    @Test
    void anEditOfSeveralPicturesKeepsTheRatioOfTheLast() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyQwen.make(folder, PLUS, SMALL))) {
            Job job = edit(ask(null), 3);
            model.check(job);

            Rendering rendering = render(model, job, new Size(64, 64), new Size(50, 99), new Size(130, 300));

            assertThat(rendering.picture().size()).isEqualTo(new Size(64, 160));
            assertThat(model.fit(new Job.FromImages(TestJobs.PLAIN, ask(null), List.of(""), 0.5)))
                    .isEqualTo(Fit.UNABLE);
            assertThat(model.fit(new Job.TextToImage(TestJobs.PLAIN, ask(null))))
                    .isEqualTo(Fit.UNABLE);
        }
    }

    @Test
    void aSizeThatIsAskedForIsGivenExactly() throws IOException {
        try (ImageModel model = LoadedModel.from(TinyQwen.make(folder, PLUS, SMALL))) {
            Rendering rendering = render(model, edit(ask(new Size(100, 77)), 1), new Size(64, 64));

            assertThat(rendering.picture().size()).isEqualTo(new Size(100, 77));
        }
    }

    @Test
    void anotherPipelineIsRefused() throws IOException {
        TinyQwen.make(folder, "QwenImageLayeredPipeline", "{}");

        TestCheckpoints.assertRefused(
                () -> LoadedModel.open("qwen", folder),
                "_class_name 'QwenImageLayeredPipeline' is none of ",
                TEXT + ", " + SINGLE);
    }

    private static Sampling ask(@Nullable Size size) {
        return TestJobs.of("a fox", null, size, 1, null, null, 1);
    }

    private static Job edit(Sampling ask, int images) {
        return new Job.FromImages(TestJobs.PLAIN, ask, Collections.nCopies(images, ""), null);
    }

    private static Rendering render(ImageModel model, Job job, Size... images) {
        List<Picture> pictures = Arrays.stream(images)
                .map(size -> TestPictures.noise(size.width(), size.height()))
                .toList();
        return model.render(job, TestJobs.first(job), new Sources(pictures, null, List.of()), Progress.NONE);
    }
}
