package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pictures of one pass: each is the one that is drawn alone, and only those are drawn together that gain from it. */
class BatchTest {
    private static final Picture PICTURE = TestPictures.noise(96, 64);

    /** What float32 may differ by, as for the goldens of pipelines. */
    private static final double MAX_ABS = 5e-4;

    private static final double RELATIVE = 5e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyPictureIsTheOneThatIsDrawnAlone(TinyPipeline pipeline) throws IOException {
        long before = Scope.liveTensors();
        try (ImageModel model = pipeline.load(folder)) {
            holds(model, pipeline.job(ask(3, null, Shortcuts.NONE)), pipeline.sources(PICTURE));
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void soItIsWithTwoPassesAStepAndALora(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            LoraFile lora = TinyLora.write(folder.resolve("tiny.safetensors"), model, 0.5f);
            holds(model, pipeline.job(ask(3, "a cat", Shortcuts.NONE)), pipeline.sources(PICTURE, List.of(lora)));
        }
    }

    /** Reference tokens have a noise level of their own there. */
    @Test
    void soItIsWhereReferencesAreAStreamOfTheirOwn() throws IOException {
        TinyPipeline pipeline = TinyPipeline.QWEN_IMAGE_EDIT_PLUS;
        Path checkpoint = pipeline.make(folder);
        TestCheckpoints.edit(checkpoint.resolve("transformer/config.json"), config -> config.put("zero_cond_t", true));
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            holds(model, pipeline.job(ask(2, "a cat", Shortcuts.NONE)), pipeline.sources(PICTURE));
        }
    }

    /** Rows have scales of their own there; what rounding tips over is far more, but no picture sees another. */
    @ParameterizedTest
    @EnumSource
    void soItIsInFp8(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = LoadedModel.inFp8(pipeline.make(folder))) {
            Job job = pipeline.job(ask(2, null, Shortcuts.NONE));
            Drawn together = draw(model, job, job.samples(), pipeline.sources(PICTURE), Progress.NONE);
            Drawn second = draw(model, job, job.samples().subList(1, 2), pipeline.sources(PICTURE), Progress.NONE);
            int length = second.latents.length;

            assertThat(Distance.between(Arrays.copyOfRange(together.latents, length, 2 * length), second.latents))
                    .isLessThan(0.02);
        }
    }

    private static void holds(ImageModel model, Job job, Sources sources) {
        List<Sample> samples = job.samples();
        List<String> steps = new ArrayList<>();
        Drawn together = draw(model, job, samples, sources, (step, all) -> steps.add(step + " of " + all));
        assertThat(steps).containsExactly("0 of 3", "1 of 3", "2 of 3", "3 of 3");
        assertThat(together.renderings).hasSameSizeAs(samples);
        int length = together.latents.length / samples.size();
        for (int i = 0; i < samples.size(); i++) {
            Drawn alone = draw(model, job, List.of(samples.get(i)), sources, Progress.NONE);
            float[] latents = Arrays.copyOfRange(together.latents, i * length, (i + 1) * length);
            Rendering ofBatch = together.renderings.get(i);
            Rendering single = alone.renderings.getFirst();

            assertThat(Distance.between(latents, alone.latents)).isLessThan(RELATIVE);
            assertThat(latents).hasSameSizeAs(alone.latents);
            for (int k = 0; k < latents.length; k++) {
                assertThat((double) Math.abs(latents[k] - alone.latents[k])).isLessThan(MAX_ABS);
            }
            assertThat(ofBatch.picture().size()).isEqualTo(single.picture().size());
            assertThat(levelsApart(ofBatch.picture(), single.picture())).isLessThanOrEqualTo(1);
            assertThat(ofBatch.parameters()).isEqualTo(single.parameters());
            assertThat(ofBatch.notes()).isEqualTo(single.notes());
            assertThat(ofBatch.timings().milliseconds()).containsOnlyKeys("encode", "denoise", "decode", "resize");
        }
        assertThat(together.renderings.get(0).picture().rgb())
                .as("seeds of their own")
                .isNotEqualTo(together.renderings.get(1).picture().rgb());
    }

    private static int levelsApart(Picture one, Picture other) {
        int most = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            most = Math.max(most, Math.abs((one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF)));
        }
        return most;
    }

    @ParameterizedTest
    @EnumSource
    void aBatchThatIsCancelledLeavesNoTensor(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = pipeline.job(ask(2, "a cat", Shortcuts.NONE));
            model.render(
                    job, job.samples(), pipeline.sources(PICTURE), Progress.NONE); // encodings are kept from now on
            long kept = Scope.liveTensors();

            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> model.render(job, job.samples(), pipeline.sources(PICTURE), (step, steps) -> {
                        if (step == 1) {
                            throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
                        }
                    }));

            assertThat(Scope.liveTensors()).isEqualTo(kept);
        }
    }

    /** Small pictures of a prompt go four at a time; a job whose steps are reused draws each alone, for each decides which those are. */
    @ParameterizedTest
    @CsvSource({"0, '4, 4, 2, 4, 4, 2'", "0.1, '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1'"})
    void smallPicturesOfAPromptAreDrawnTogether(double stepCache, String sizes) {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            Job job = TinyPipeline.FLUX.job(new Sampling(
                    List.of("a fox", "a cat"),
                    null,
                    new Framing.Exact(new Size(128, 128)),
                    2,
                    null,
                    null,
                    7,
                    10,
                    new Shortcuts(false, stepCache),
                    List.of()));

            List<List<Sample>> batches = model.batches(job, job.samples(), Sources.NONE);

            assertThat(batches)
                    .extracting(batch -> String.valueOf(batch.size()))
                    .containsExactly(sizes.split(", "));
            assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(job.samples());
            assertThat(batches)
                    .allSatisfy(batch -> assertThat(batch)
                            .extracting(Sample::promptIndex)
                            .containsOnly(batch.getFirst().promptIndex()));
        }
    }

    /** The tokens of references count, for the transformer sees them as well. */
    @Test
    void aLargeReferenceLeavesNoRoom() {
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_EDIT)) {
            var framing = new Framing.Exact(new Size(128, 128));
            Sampling sampling =
                    new Sampling(List.of("blue"), null, framing, 2, null, null, 7, 4, Shortcuts.NONE, List.of());
            Job job = TinyPipeline.QWEN_IMAGE_EDIT.job(sampling);
            Picture picture = TestPictures.noise(128, 128);

            assertThat(firstBatch(model, job, picture, 1)).isEqualTo(4);
            assertThat(firstBatch(model, job, picture, 63)).as("64 × 64 tokens").isEqualTo(1);
        }
    }

    private static int firstBatch(ImageModel model, Job job, Picture reference, int times) {
        var sources = new Sources(Collections.nCopies(times, reference), null, List.of());
        return model.batches(job, job.samples(), sources).getFirst().size();
    }

    private record Drawn(float[] latents, List<Rendering> renderings) {}

    private static Drawn draw(ImageModel model, Job job, List<Sample> batch, Sources sources, Progress progress) {
        AtomicReference<@Nullable List<Rendering>> renderings = new AtomicReference<>();
        Map<String, float[]> seen = Probe.record(() -> renderings.set(model.render(job, batch, sources, progress)));
        return new Drawn(
                Objects.requireNonNull(seen.get("out.latents_packed")), Objects.requireNonNull(renderings.get()));
    }

    private static Sampling ask(int outputs, @Nullable String negative, Shortcuts shortcuts) {
        return new Sampling(
                List.of("a red circle"),
                negative,
                null,
                3,
                null,
                negative == null ? null : 3.0,
                7,
                outputs,
                shortcuts,
                List.of());
    }
}
