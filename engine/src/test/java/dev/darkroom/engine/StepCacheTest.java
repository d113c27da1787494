package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The step cache: what it leaves out, what that costs, and that nobody gets it who did not ask. */
class StepCacheTest {
    private static final Picture PICTURE = TestPictures.noise(96, 64);
    private static final Pattern NOTE = Pattern.compile(
            "step_cache [0-9.]+: (\\d+) steps computed, (\\d+) reused(; for the negative prompt (\\d+) and (\\d+))?");

    @TempDir
    Path folder;

    /**
     * Random weights of some transformers do something else at each noise level, so that nothing can be reused: of Qwen-Image the pocket
     * model shows it.
     */
    @ParameterizedTest
    @EnumSource
    void everyPipelineReusesStepsAndTellsHowMany(TinyPipeline pipeline) throws IOException {
        long before = Scope.liveTensors();
        try (ImageModel model = pipeline.load(folder)) {
            Job job = pipeline.job(ask(6, new Shortcuts(false, 1.0), "a cat"));
            model.check(job);
            List<String> steps = new ArrayList<>();

            Rendering rendering = model.render(
                    job, TestJobs.first(job), pipeline.sources(PICTURE), (step, all) -> steps.add(step + " of " + all));

            assertThat(steps).as("progress goes on").hasSize(7).last().isEqualTo("6 of 6");
            assertThat(rendering.notes()).singleElement().satisfies(note -> {
                Matcher counts = NOTE.matcher(note);
                assertThat(note).matches(NOTE);
                assertThat(counts.find()).isTrue();
                for (int pass : new int[] {1, 4}) {
                    int computed = Integer.parseInt(counts.group(pass));
                    int reused = Integer.parseInt(counts.group(pass + 1));
                    assertThat(computed + reused).as("pass %d", pass).isEqualTo(6);
                    assertThat(reused)
                            .isGreaterThanOrEqualTo(
                                    pipeline.name().startsWith("FLUX") && pipeline != TinyPipeline.FLUX2_KLEIN_EDIT
                                            ? 1
                                            : 0);
                }
            });
            assertThat(rendering.parameters()).containsEntry("step_cache", 1.0);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAThresholdOrWithOneOfNothingThePictureIsTheSameToTheBit(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Rendering plain = draw(model, pipeline, Shortcuts.NONE);

            assertThat(plain.notes()).isEmpty();
            assertThat(plain.parameters()).doesNotContainKey("step_cache");
            Rendering zero = draw(model, pipeline, new Shortcuts(true, 0.0));
            assertThat(zero.picture().rgb()).isEqualTo(plain.picture().rgb());
            Rendering tiny = draw(model, pipeline, new Shortcuts(false, 1e-9));
            assertThat(tiny.notes()).singleElement().asString().contains("4 steps computed, 0 reused");
            assertThat(tiny.picture().rgb()).isEqualTo(plain.picture().rgb());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aJobThatEndsInBetweenLeavesNoTensor(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            draw(model, pipeline, new Shortcuts(false, 1.0)); // its encodings are kept from now on
            long kept = Scope.liveTensors();
            Job job = pipeline.job(ask(4, new Shortcuts(false, 1.0), null));

            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() ->
                            model.render(job, TestJobs.first(job), pipeline.sources(PICTURE), (step, steps) -> {
                                if (step == 2) {
                                    throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
                                }
                            }));

            assertThat(Scope.liveTensors()).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void aSenselessThresholdIsRefused(double threshold) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> new Shortcuts(false, threshold))
                .withMessage("step_cache: must be from 0 to 1, not " + threshold)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @Test
    void goFastBringsTheCautiousThresholdUnlessTheJobHasItsOwn() {
        assertThat(new Shortcuts(true, null).threshold()).isEqualTo(Shortcuts.CAUTIOUS);
        assertThat(new Shortcuts(true, 0.1).threshold()).isEqualTo(0.1);
        assertThat(new Shortcuts(true, 0.0).threshold()).isZero();
        assertThat(new Shortcuts(false, null).threshold()).isZero();
    }

    /**
     * The error of the last latents, as their distance from those of the exact way relative to their length. Found: 0.009 with 8 of 28 steps
     * reused, 0.023 with 15.
     */
    @Test
    void onThePocketModelTheErrorGrowsWithTheThreshold() {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            Drawn exact = draw(model, text(Shortcuts.NONE), Sources.NONE);
            Drawn cautious = draw(model, text(new Shortcuts(true, null)), Sources.NONE);
            Drawn bold = draw(model, text(new Shortcuts(false, 0.12)), Sources.NONE);

            assertThat(cautious.rendering.notes().getFirst())
                    .isEqualTo(
                            "go_fast: a step_cache of 0.08; the transformer computes in float32 on cpu, without fp8");
            assertThat(cautious.reused()).isBetween(5, 14);
            assertThat(bold.reused()).isBetween(cautious.reused() + 3, 20);
            assertThat(cautious.from(exact)).isBetween(1e-4, 0.02);
            assertThat(bold.from(exact)).isBetween(cautious.from(exact), 0.05);
        }
    }

    @Test
    void bothPassesOfAnEditAreReused() {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            Sources sources = new Sources(List.of(TestPictures.noise(128, 128)), null, List.of());
            Drawn exact = draw(model, edit(Shortcuts.NONE), sources);
            Drawn cached = draw(model, edit(new Shortcuts(false, 0.08)), sources);

            assertThat(cached.reused()).isBetween(1, 12);
            assertThat(cached.rendering.notes().getFirst()).matches(NOTE).contains("; for the negative prompt ");
            assertThat(cached.from(exact)).isBetween(1e-4, 0.04);
        }
    }

    private static Job text(Shortcuts shortcuts) {
        return new Job.TextToImage(TestJobs.PLAIN, ask(28, shortcuts, null));
    }

    private static Job edit(Shortcuts shortcuts) {
        return new Job.FromImages(TestJobs.PLAIN, ask(20, shortcuts, "blue"), List.of(""), null);
    }

    /** A picture with the latents that it was decoded from. */
    private record Drawn(float[] latents, Rendering rendering) {
        int reused() {
            Matcher counts = NOTE.matcher(String.join("\n", rendering.notes()));
            assertThat(counts.find()).isTrue();
            return Integer.parseInt(counts.group(2));
        }

        double from(Drawn other) {
            return Distance.between(latents, other.latents);
        }
    }

    private static Drawn draw(ImageModel model, Job job, Sources sources) {
        AtomicReference<@Nullable Rendering> rendering = new AtomicReference<>();
        Map<String, float[]> seen =
                Probe.record(() -> rendering.set(model.render(job, TestJobs.first(job), sources, Progress.NONE)));
        return new Drawn(
                Objects.requireNonNull(seen.get("out.latents_packed")), Objects.requireNonNull(rendering.get()));
    }

    private static Rendering draw(ImageModel model, TinyPipeline pipeline, Shortcuts shortcuts) {
        Job job = pipeline.job(ask(4, shortcuts, null));
        return model.render(job, TestJobs.first(job), pipeline.sources(PICTURE), Progress.NONE);
    }

    private static Sampling ask(int steps, Shortcuts shortcuts, @Nullable String negative) {
        Sampling any = TestJobs.of(
                "a red circle on a white background", negative, null, steps, null, negative == null ? null : 3.0, 7);
        return new Sampling(any.prompts(), negative, null, steps, null, any.trueCfgScale(), 7, 1, shortcuts, List.of());
    }
}
