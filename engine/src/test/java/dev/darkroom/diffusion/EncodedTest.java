package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.TensorCache;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found again, what is not, and how much is kept. */
class EncodedTest {
    private static final int KILOBYTE = 1024;

    private long before;
    private int made;

    @BeforeEach
    void count() {
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aPictureIsKnownByItsContentAndTheSizeThatItIsSeenAt() {
        Picture picture = TestPictures.noise(1, 30, 20);
        var size = new Size(96, 64);

        assertThat(PictureKey.of(TestPictures.noise(1, 30, 20), size)).isEqualTo(PictureKey.of(picture, size));
        assertThat(List.of(
                        PictureKey.of(picture, new Size(64, 96)),
                        PictureKey.of(TestPictures.noise(2, 30, 20), size),
                        PictureKey.of(new Picture(20, 30, picture.rgb()), size)))
                .doesNotHaveDuplicates()
                .doesNotContain(PictureKey.of(picture, size));
    }

    @Test
    void aPromptIsKnownByItsTemplateItsLengthAndThePicturesThatItSpeaksOf() {
        PictureKey first = PictureKey.of(TestPictures.noise(1, 9, 9), new Size(32, 32));
        PictureKey second = PictureKey.of(TestPictures.noise(2, 9, 9), new Size(32, 32));
        var key = new PromptKey("EDIT_PLUS", "a fox", 512, List.of(first, second), "");

        assertThat(new PromptKey("EDIT_PLUS", "a fox", 512, List.of(first, second), ""))
                .isEqualTo(key);
        assertThat(List.of(
                        new PromptKey("EDIT", "a fox", 512, List.of(first, second), ""),
                        new PromptKey("EDIT_PLUS", "a fox ", 512, List.of(first, second), ""),
                        new PromptKey("EDIT_PLUS", "a fox", 256, List.of(first, second), ""),
                        new PromptKey("EDIT_PLUS", "a fox", 512, List.of(second, first), ""),
                        new PromptKey("EDIT_PLUS", "a fox", 512, List.of(first), ""),
                        new PromptKey("EDIT_PLUS", "a fox", 512, List.of(first, second), "by a LoRA")))
                .doesNotContain(key);
    }

    @Test
    void eachOfThreeKeepsNoMoreThanItMayAndTheOldestGoFirst() {
        try (Encoded memory = Encoded.within(3 * KILOBYTE)) {
            for (int i = 0; i < 5; i++) {
                keep(memory.visions(), new VisionKey(picture(i), ""));
                keep(memory.latents(), picture(i));
            }
            assertThat(made).isEqualTo(10);
            assertThat(Scope.liveTensors() - before)
                    .as("nothing goes while a job may use it")
                    .isEqualTo(10);

            memory.trim();

            assertThat(Scope.liveTensors() - before).isEqualTo(6);
            for (int i = 2; i < 5; i++) {
                keep(memory.visions(), new VisionKey(picture(i), ""));
                keep(memory.latents(), picture(i));
            }
            assertThat(made).isEqualTo(10);
            keep(memory.latents(), picture(0));
            assertThat(made).isEqualTo(11);
        }
    }

    private static PictureKey picture(int number) {
        return new PictureKey("picture " + number, new Size(32, 32));
    }

    /** One kilobyte. */
    private <K> void keep(TensorCache<K> cache, K key) {
        cache.get(key, () -> {
            made++;
            return List.of(Operators.zeros(DType.FLOAT32, Device.CPU, KILOBYTE / DType.FLOAT32.bytes()));
        });
    }

    @Test
    void anEncodingThatFailsKeepsNothingAndTheNextOneIsWhole() {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_EDIT);
                ImageModel other = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            long loaded = Scope.liveTensors();

            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> render(model, "<|image_pad|>", Progress.NONE))
                    .withMessageStartingWith("prompt: must not contain <|image_pad|>");

            assertThat(Scope.liveTensors()).isEqualTo(loaded);
            assertThat(render(model, "make it night", Progress.NONE))
                    .isEqualTo(render(other, "make it night", Progress.NONE));
        }
    }

    @Test
    void aRunThatFailsKeepsWhatItEncodedAndNothingElse() {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            long loaded = Scope.liveTensors();

            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> render(model, "make it night", (step, steps) -> {
                            throw new IllegalStateException("broken off in step " + step);
                        }))
                        .withMessage("broken off in step 0");
                assertThat(Scope.liveTensors() - loaded)
                        .as("a prompt, a vision, mean and variance of latents")
                        .isEqualTo(4);
            }
        }
    }

    private static byte[] render(ImageModel model, String prompt, Progress progress) {
        var job = new Job.FromImages(
                TestJobs.PLAIN, TestJobs.of(prompt, null, null, 1, null, null, 1), List.of(""), null);
        return model.render(
                        job,
                        TestJobs.first(job),
                        new Sources(List.of(TestPictures.noise(1, 90, 60)), null, List.of()),
                        progress)
                .picture()
                .rgb();
    }
}
