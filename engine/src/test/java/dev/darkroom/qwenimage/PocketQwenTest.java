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
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The embedded editing checkpoint: what it encodes only once, what it refuses, and that no tensor stays behind. */
class PocketQwenTest {
    private static final String MAKE_IT_BLUE = "make the circle blue";

    /** Points that are passed only where a picture is encoded, by the text encoder's eyes and by the autoencoder. */
    private static final Set<String> SEEING = Set.of("patch_embed", "down_blocks.0");

    /** A point that is passed only where a prompt is encoded. */
    private static final String READING = "inputs_embeds";

    private static @Nullable ImageModel loaded;

    @BeforeAll
    static void load() {
        loaded = LoadedModel.from(TestCheckpoints.POCKET_EDIT);
        render(MAKE_IT_BLUE, 1, TestPictures.payload("red-circle.png")); // what it was encoded to is kept from now on
    }

    @AfterAll
    static void close() {
        model().close();
    }

    @Test
    void tenEditsOfOnePictureEncodeItOnce() {
        List<Picture> house = List.of(TestPictures.payload("house.png"));

        assertThat(points("make it night", 1, house)).containsAll(SEEING).contains(READING);
        for (String colour : List.of("red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "black")) {
            assertThat(points("make the roof " + colour, 1, house))
                    .contains(READING)
                    .doesNotContainAnyElementsOf(SEEING);
        }
    }

    @Test
    void theSamePromptOnTheSamePictureIsReadOnce() {
        points("make it night", 1, List.of(TestPictures.payload("car.png")));

        assertThat(points("make it night", 2, List.of(TestPictures.payload("car.png"))))
                .doesNotContain(READING)
                .doesNotContainAnyElementsOf(SEEING);
    }

    @Test
    void aPictureThatDiffersInOneLevelIsAnotherPicture() {
        byte[] rgb = TestPictures.payload("cat.png").rgb().clone();
        rgb[0]++;
        points("make it night", 1, List.of(TestPictures.payload("cat.png")));

        assertThat(points("make it night", 1, List.of(new Picture(256, 256, rgb))))
                .contains(READING)
                .containsAll(SEEING);
    }

    @Test
    void whatWasKeptMakesTheSamePicture() {
        byte[] kept = render(MAKE_IT_BLUE, 1, TestPictures.payload("red-circle.png")).picture().rgb();

        try (ImageModel fresh = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            Job job = edit(TestJobs.of(MAKE_IT_BLUE, null, null, 1, null, null, 1), 1);
            assertThat(fresh.render(job, TestJobs.first(job), sources(TestPictures.payload("red-circle.png")), Progress.NONE)
                            .picture()
                            .rgb())
                    .isEqualTo(kept);
        }
    }

    @Test
    void anEditThatSucceedsLeavesNoTensor() {
        long before = Scope.liveTensors();

        render(MAKE_IT_BLUE, 2, TestPictures.payload("red-circle.png"));
        model().warmUp();

        assertThat(before).isPositive();
        assertThat(Scope.liveTensors() - before)
                .as("of the warm-up's own prompt and picture")
                .isLessThanOrEqualTo(4);
        long after = Scope.liveTensors();
        model().warmUp();
        assertThat(Scope.liveTensors()).isEqualTo(after);
    }

    @Test
    void anEditThatIsCancelledLeavesNoTensorAndTakesNoFurtherStep() {
        long before = Scope.liveTensors();
        List<Integer> seen = new ArrayList<>();
        Job job = edit(TestJobs.of(MAKE_IT_BLUE, null, null, null, null, null, 3), 1);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> model().render(
                                job, TestJobs.first(job), sources(TestPictures.payload("red-circle.png")), (step, steps) -> {
                                    seen.add(step);
                                    if (step == 2) {
                                        throw new JobException(
                                                JobException.Code.CANCELLED, "the job was cancelled", null);
                                    }
                                }))
                .matches(e -> e.code() == JobException.Code.CANCELLED);

        assertThat(seen).containsExactly(0, 1, 2);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aModelThatIsClosedLeavesNoTensor() {
        long before = Scope.liveTensors();

        try (ImageModel second = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            second.warmUp();
            assertThat(Scope.liveTensors()).isGreaterThan(before);
        }

        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void everyStepIsReported() {
        List<String> steps = new ArrayList<>();
        Job job = edit(TestJobs.of(MAKE_IT_BLUE, null, null, null, null, null, 1), 1);

        Rendering rendering = model().render(
                        job,
                        TestJobs.first(job),
                        sources(TestPictures.payload("red-circle.png")),
                        (step, all) -> steps.add(step + " of " + all));

        assertThat(steps).containsExactly("0 of 4", "1 of 4", "2 of 4", "3 of 4", "4 of 4");
        assertThat(rendering.parameters()).containsOnlyKeys("num_inference_steps", "size");
        assertThat(rendering.timings().milliseconds()).containsOnlyKeys("encode", "denoise", "decode", "resize");
    }

    @Test
    void aNegativePromptIsReadWithAScaleAboveOneAndSteersAway() {
        Job plain = edit(TestJobs.of(MAKE_IT_BLUE, null, null, null, null, null, 1), 1);
        Job guided = edit(TestJobs.of(MAKE_IT_BLUE, "make the circle red", null, null, null, 2.0, 1), 1);
        model().check(guided);

        Rendering rendering = render(guided, TestPictures.payload("red-circle.png"));

        assertThat(rendering.parameters())
                .containsEntry("negative_prompt", "make the circle red")
                .containsEntry("true_cfg_scale", 2.0);
        assertThat(rendering.picture().rgb())
                .isNotEqualTo(render(plain, TestPictures.payload("red-circle.png")).picture().rgb());
    }

    @Test
    void whatItCannotDoIsRefusedByField() {
        assertRefused(
                edit(TestJobs.of("p", null, null, null, 3.5, null, 1), 1),
                "guidance_scale: this model has no guidance embedding");
        assertRefused(
                edit(TestJobs.of("p", "n", null, null, null, null, 1), 1),
                "negative_prompt: has no effect with a true_cfg_scale of 1.0");
        assertRefused(
                edit(TestJobs.of("a <|image_pad|>", null, null, null, null, null, 1), 1),
                "prompt: must not contain <|image_pad|>");
        assertRefused(
                edit(TestJobs.of("p", "<|image_pad|>", null, null, null, 2.0, 1), 1),
                "negative_prompt: must not contain <|image_pad|>");
        assertRefused(new Job.TextToImage(TestJobs.PLAIN, plain()), "image: is missing: this model edits");
        assertRefused(new Job.Fill(TestJobs.PLAIN, plain(), "", ""), "mask: this model edits without a mask");
        assertRefused(
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

    private static void assertRefused(Job job, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> model().check(job))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
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

    private static Rendering render(String prompt, long seed, Picture image) {
        return render(edit(TestJobs.of(prompt, null, null, 1, null, null, seed), 1), image);
    }

    private static Rendering render(Job job, Picture image) {
        return model().render(job, TestJobs.first(job), sources(image), Progress.NONE);
    }

    /** The points that an edit of one step passes. */
    private static Set<String> points(String prompt, long seed, List<Picture> images) {
        return Probe.record(() -> render(prompt, seed, images.getFirst())).keySet();
    }

    private static Sources sources(Picture image) {
        return new Sources(List.of(image), null, List.of());
    }
}
