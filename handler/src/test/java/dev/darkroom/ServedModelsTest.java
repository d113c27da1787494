package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.TestJobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of several models gets a job, by what the job brings and by the order that they are listed in. */
class ServedModelsTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void makeCheckpoints() throws IOException {
        TestCheckpoints.copy(TinyFlux.SCHNELL, folder.resolve("draw"));
        TinyFlux.kontext(folder.resolve("edit"));
        TinyFlux.fill(folder.resolve("fill"));
        TestCheckpoints.copy(TinyFlux2.KLEIN, folder.resolve("both"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            draw           | text     | draw
            draw edit fill | text     | draw
            fill edit draw | text     | draw
            fill edit      | text     | edit
            draw edit fill | image    | edit
            edit draw      | image    | edit
            draw fill      | image    | draw
            fill draw      | image    | draw
            edit draw fill | strength | draw
            draw edit fill | strength | draw
            draw edit fill | mask     | fill
            fill           | mask     | fill
            draw edit      | mask     | draw
            edit draw      | mask     | edit
            fill edit      | images   | fill
            draw edit fill | images   | draw
            edit fill      | strength | edit
            both           | text     | both
            both draw      | text     | both
            draw both      | text     | draw
            fill edit both | text     | both
            both edit      | image    | both
            edit both      | image    | edit
            draw both      | image    | both
            draw edit both | images   | both
            both draw      | strength | draw
            both fill      | mask     | fill
            """)
    void aJobGoesToTheFirstThatIsMadeForItOrElseToTheFirstThatCanDoIt(String models, String brings, String chosen) {
        assertThat(served(models).choose(job(brings, null)).name()).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({"text, fill", "image, draw", "mask, draw", "strength, edit"})
    void aModelThatIsNamedIsTaken(String brings, String named) {
        assertThat(served("draw edit fill").choose(job(brings, named)).name()).isEqualTo(named);
    }

    @Test
    void aNameThatIsNotThereIsRefused() {
        assertRefused("draw edit", job("text", "fill"), "model: must be one of draw, edit, not fill");
    }

    @Test
    void whereNoneSuitsTheFirstSaysWhyAndAllAreListed() {
        assertRefused(
                "draw edit",
                job("mask", null),
                "mask: this model cannot fill: leave the mask out; model: none of draw, edit can do such a job");
        assertRefused(
                "edit draw",
                job("images", null),
                "images: this model takes one image, not 2; model: none of edit, draw can do such a job");
    }

    @Test
    void whereThereIsOneModelItAloneSpeaks() {
        assertRefused("draw", job("mask", null), "mask: this model cannot fill: leave the mask out");
        assertRefused("draw edit", job("mask", "edit"), "mask: this model edits without a mask: leave it out");
    }

    @Test
    void aFaultThatIsNoMatterOfTheModelIsToldAlone() {
        var ask = TestJobs.of("a fox", "fog", null, null, null, null, 1);

        assertRefused(
                "draw edit",
                new Job.TextToImage(TestJobs.PLAIN, ask),
                "negative_prompt: has no effect with a true_cfg_scale of 1.0: send one above 1");
    }

    @ParameterizedTest
    @CsvSource({"text", "image", "strength", "mask"})
    void whatAModelIsChosenForItAccepts(String brings) {
        assertThatCode(() -> served("draw edit fill").check(job(brings, null))).doesNotThrowAnyException();
    }

    @Test
    void aPipelineThatNoFamilyKnowsIsRefusedWithAllThatAreKnown(@TempDir Path checkpoint) throws IOException {
        Files.writeString(checkpoint.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionPipeline\"}");

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> LoadedModel.open("mine", checkpoint))
                .withMessageContainingAll(
                        "model_index.json: _class_name 'StableDiffusionPipeline' is none of",
                        "FluxPipeline, FluxImg2ImgPipeline, FluxKontextPipeline, FluxFillPipeline");
    }

    private static void assertRefused(String models, Job job, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> served(models).check(job))
                .withMessage(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    /** None of them is loaded: choosing needs no networks. */
    private static ServedModels served(String names) {
        return new ServedModels(Arrays.stream(names.split(" "))
                .map(name ->
                        new ServedModel(name, LoadedModel.open(name, folder.resolve(name)), null, LoadedModel.roomy()))
                .toList());
    }

    private static Job job(String brings, @Nullable String model) {
        Sampling any = TestJobs.of("a fox", null, null, null, null, null, 1);
        var ask = new Sampling(any.prompts(), null, null, null, null, null, any.seed(), 1, Shortcuts.NONE, List.of());
        var envelope = new Envelope(model, TestJobs.PNG, List.of());
        return switch (brings) {
            case "text" -> new Job.TextToImage(envelope, ask);
            case "image" -> new Job.FromImages(envelope, ask, List.of("a"), null);
            case "images" -> new Job.FromImages(envelope, ask, List.of("a", "b"), null);
            case "strength" -> new Job.FromImages(envelope, ask, List.of("a"), 0.5);
            case "mask" -> new Job.Fill(envelope, ask, "a", "b");
            default -> throw new IllegalArgumentException(brings);
        };
    }
}
