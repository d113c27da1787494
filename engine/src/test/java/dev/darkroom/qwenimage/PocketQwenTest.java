package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The embedded editing checkpoint: how it is steered and what it refuses. */
class PocketQwenTest {
    private static final String MAKE_IT_BLUE = "make the circle blue";

    private static @Nullable ImageModel loaded;

    @BeforeAll
    static void load() {
        loaded = LoadedModel.from(TestCheckpoints.POCKET_EDIT);
    }

    @AfterAll
    static void close() {
        model().close();
    }

    @Test
    void aNegativePromptIsReadWithAScaleAboveOneAndSteersAway() {
        Job plain = edit(TestJobs.of(MAKE_IT_BLUE, null, null, null, null, null, 1), 1);
        Job guided = edit(TestJobs.of(MAKE_IT_BLUE, "make the circle red", null, null, null, 2.0, 1), 1);
        model().check(guided);

        Rendering rendering = render(guided, TestPictures.payload("red-circle.png"));
        Rendering unguided = render(plain, TestPictures.payload("red-circle.png"));

        assertThat(unguided.parameters())
                .containsOnlyKeys("num_inference_steps", "size")
                .containsEntry("num_inference_steps", 4);
        assertThat(rendering.parameters())
                .containsEntry("negative_prompt", "make the circle red")
                .containsEntry("true_cfg_scale", 2.0);
        assertThat(rendering.picture().rgb()).isNotEqualTo(unguided.picture().rgb());
    }

    @Test
    void whatItCannotDoIsRefusedByField() {
        LoadedModel.assertRefused(
                model(),
                edit(TestJobs.of("p", null, null, null, 3.5, null, 1), 1),
                "guidance_scale: this model has no guidance embedding");
        LoadedModel.assertRefused(
                model(),
                edit(TestJobs.of("p", "n", null, null, null, null, 1), 1),
                "negative_prompt: has no effect with a true_cfg_scale of 1.0");
        LoadedModel.assertRefused(
                model(),
                edit(TestJobs.of("a <|image_pad|>", null, null, null, null, null, 1), 1),
                "prompt: must not contain <|image_pad|>");
        LoadedModel.assertRefused(
                model(),
                edit(TestJobs.of("p", "<|image_pad|>", null, null, null, 2.0, 1), 1),
                "negative_prompt: must not contain <|image_pad|>");
        LoadedModel.assertRefused(
                model(), new Job.TextToImage(TestJobs.PLAIN, plain()), "image: is missing: this model edits");
        LoadedModel.assertRefused(
                model(), new Job.Fill(TestJobs.PLAIN, plain(), "", ""), "mask: this model edits without a mask");
        LoadedModel.assertRefused(
                model(),
                new Job.FromImages(TestJobs.PLAIN, plain(), List.of(""), 0.5),
                "strength: this model edits by instruction");
        model().check(edit(plain(), 3));
    }

    @Test
    void allFaultsAreToldAtOnce() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> model().check(new Job.Fill(
                        TestJobs.PLAIN, TestJobs.of("<|image_pad|>", "n", null, null, 3.5, 1.0, 1), "", "")))
                .withMessageContainingAll("guidance_scale: ", "negative_prompt: ", "prompt: ", "mask: ");
    }

    private static Sampling plain() {
        return TestJobs.of("p", null, null, null, null, null, 1);
    }

    private static Job edit(Sampling ask, int images) {
        return new Job.FromImages(TestJobs.PLAIN, ask, Collections.nCopies(images, ""), null);
    }

    private static ImageModel model() {
        return Objects.requireNonNull(loaded);
    }

    private static Rendering render(Job job, Picture image) {
        return model().render(job, TestJobs.first(job), sources(image), Progress.NONE);
    }

    private static Sources sources(Picture image) {
        return new Sources(List.of(image), null, List.of());
    }
}
