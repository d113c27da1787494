package dev.darkroom.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Editing and filling from a checkpoint folder to a picture, on tiny networks of random weights. */
class FluxPipelinesTest {
    @TempDir
    Path checkpoint;

    @Test
    void anEditKeepsTheRatioOfItsPictureAtTheAreaThatTheModelKnows() {
        var pipeline = new FluxKontextPipeline(TinyFlux.open(), KontextSizes.STANDARD);
        CheckpointDefaults defaults = pipeline.defaults();
        Size picture = new Size(318, 2968);
        Size generated = KontextSizes.STANDARD.generated(picture);

        assertThat(pipeline.sizes(null, List.of(picture), defaults)).isEqualTo(new PictureSizes(generated, generated));
        assertThat(pipeline.sizes(null, List.of(), defaults).output()).isEqualTo(defaults.size());
        assertThat(pipeline.sizes(new Framing.Exact(new Size(128, 128)), List.of(new Size(64, 64)), defaults))
                .isEqualTo(new PictureSizes(new Size(1024, 1024), new Size(128, 128)));
    }

    @Test
    void theDefaultsAreThoseOfTheReference() throws IOException {
        try (ImageModel model = LoadedModel.open("flux", TinyFlux.SCHNELL)) {
            assertThat(model.defaults().size()).isEqualTo(new Size(1024, 1024));
            assertThat(model.defaults().steps()).isEqualTo(4);
            assertThat(model.defaults().maxSequenceLength()).isEqualTo(256);
        }
    }

    @Test
    void whatACheckpointSaysGoesBeforeTheReference() throws IOException {
        try (ImageModel model = LoadedModel.open("flux", TinyFlux.kontext(checkpoint, "{\"steps\": 4}"))) {
            assertThat(model.defaults().steps()).isEqualTo(4);
            assertThat(model.defaults().guidanceScale()).isEqualTo(3.5);
        }
    }

    @Test
    void anEditIsDrawnAtTheAreasOfItsCheckpoint() throws IOException {
        TinyFlux.kontext(checkpoint, "{\"native_area\": 16384, \"reference_area\": 9216}");

        try (var model = LoadedModel.from(checkpoint)) {
            var job = new Job.FromImages(TestJobs.PLAIN, ask(null), List.of(""), null);
            model.check(job);
            Rendering rendering =
                    model.render(job, TestJobs.first(job), sources(TestPictures.noise(100, 200)), Progress.NONE);
            assertThat(rendering.picture().size()).isEqualTo(new Size(80, 176));
            assertThat(rendering.notes()).isEmpty();

            Rendering asked = model.render(
                    new Job.FromImages(TestJobs.PLAIN, ask(new Size(200, 200)), List.of(""), null),
                    TestJobs.first(job),
                    sources(TestPictures.noise(64, 64)),
                    Progress.NONE);
            assertThat(asked.picture().size()).isEqualTo(new Size(200, 200));
            assertThat(asked.notes()).singleElement().asString().contains("128x128", "200x200");
        }
    }

    @Test
    void anEditTakesNoStrengthAndNoMask() throws IOException {
        TinyFlux.kontext(checkpoint);

        try (var model = LoadedModel.from(checkpoint)) {
            LoadedModel.assertRefused(
                    model, new Job.FromImages(TestJobs.PLAIN, ask(null), List.of(""), 0.5), "strength: ");
            LoadedModel.assertRefused(model, new Job.Fill(TestJobs.PLAIN, ask(null), "", ""), "mask: ");
        }
    }

    @Test
    void aFilledPictureKeepsItsSize() throws IOException {
        TinyFlux.fill(checkpoint);

        try (var model = LoadedModel.from(checkpoint)) {
            assertThat(model.defaults().guidanceScale()).isEqualTo(30);
            var job = new Job.Fill(TestJobs.PLAIN, ask(null), "", "");
            model.check(job);
            Rendering rendering =
                    model.render(job, TestJobs.first(job), fill(TestPictures.noise(150, 100)), Progress.NONE);

            assertThat(rendering.picture().size()).isEqualTo(new Size(150, 100));
            assertThat(rendering.notes()).isEmpty();
            LoadedModel.assertRefused(
                    model,
                    new Job.TextToImage(TestJobs.PLAIN, ask(null)),
                    "mask: this model fills: it needs image and mask");
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() ->
                            model.render(job, TestJobs.first(job), fill(TestPictures.noise(20, 300)), Progress.NONE))
                    .withMessageStartingWith("size: the job gives a picture of 20x300, but sides must be from 64");
        }
    }

    private static Sampling ask(@Nullable Size size) {
        return TestJobs.of("a red fox", null, size, 1, null, null, 1);
    }

    private static Sources sources(Picture image) {
        return new Sources(List.of(image), null, List.of());
    }

    private static Sources fill(Picture image) {
        return new Sources(List.of(image), image, List.of());
    }
}
