package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.kernel.StandInCard;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.ring.StandInRing;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose blocks are streamed draw what those draw whose weights lie on the device, to the bit. */
class StreamedModelsTest {
    private static final Picture PICTURE = TestPictures.noise(96, 64);
    private static final int ALL = 1000;

    /** Windows so small that tensors are brought in several. */
    private static final int WINDOW = 1 << 14;

    private static final List<Holding> HOLDINGS =
            List.of(Holding.STREAMED, new Holding.Streamed(0, 3), Holding.streamed(1), Holding.streamed(ALL));

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void everyPipelineDrawsTheSameInEveryWay(TinyPipeline pipeline) throws IOException {
        Path checkpoint = pipeline.make(folder.resolve("checkpoint"));
        Map<String, float[]> expected = latents(pipeline, checkpoint, Holding.RESIDENT, false);
        Holding holding = HOLDINGS.get(pipeline.ordinal() % HOLDINGS.size());
        assertSame(latents(pipeline, checkpoint, holding, false), expected, holding);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLUX", "QWEN_IMAGE_EDIT_PLUS", "LONGCAT_IMAGE_EDIT", "FLUX2_KLEIN_EDIT", "ZIMAGE"})
    void soDoesEveryFamilyInFp8(TinyPipeline pipeline) throws IOException {
        Path checkpoint = pipeline.make(folder.resolve("checkpoint"));
        Map<String, float[]> expected = latents(pipeline, checkpoint, Holding.RESIDENT, true);
        assertSame(latents(pipeline, checkpoint, Holding.streamed(1), true), expected, Holding.streamed(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "SCALE_WEIGHT", "ROW_SCALES"})
    void checkpointsThatAreStoredInFp8DoSoToo(Fp8Files.Scheme scheme) throws IOException {
        Path fp8 = TestCheckpoints.copy(TestCheckpoints.POCKET_FLUX, folder.resolve("fp8"));
        Fp8Files.store(fp8, TestCheckpoints.copy(fp8, folder.resolve("reference")), scheme);
        for (boolean multiplied : new boolean[] {false, true}) {
            assertThat(picture(fp8, Holding.STREAMED, multiplied))
                    .isEqualTo(picture(fp8, Holding.RESIDENT, multiplied));
        }
    }

    /** The text encoders of both, and the vision tower, go through the ring before their transformers do. */
    @Test
    void pocketModelsDrawTheSameOneAfterAnother() {
        byte[] flux = picture(TestCheckpoints.POCKET_FLUX, Holding.RESIDENT, false);
        byte[] edit = picture(TestCheckpoints.POCKET_EDIT, Holding.RESIDENT, false);
        try (ImageModel a = load(TestCheckpoints.POCKET_FLUX, Holding.STREAMED, false);
                ImageModel b = load(TestCheckpoints.POCKET_EDIT, Holding.streamed(2), false)) {
            assertThat(picture(a, TinyPipeline.FLUX)).isEqualTo(flux);
            assertThat(picture(b, TinyPipeline.QWEN_IMAGE_EDIT)).isEqualTo(edit);
            assertThat(picture(a, TinyPipeline.FLUX)).isEqualTo(flux);
        }
    }

    @Test
    void throughACardsCopiesAPictureIsTheSame() {
        byte[] expected = picture(TestCheckpoints.POCKET_FLUX, Holding.RESIDENT, false);
        byte[] actual = StandInRing.load(() -> picture(TestCheckpoints.POCKET_FLUX, Holding.streamed(1), false));
        assertThat(actual).isEqualTo(expected);
        assertThat(StandInCard.lockedBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLUX", "QWEN_IMAGE_EDIT"})
    void aJobThatIsBrokenOffLeavesNothingBehind(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = load(pipeline.make(folder.resolve("checkpoint")), Holding.STREAMED, false)) {
            byte[] expected = picture(model, pipeline);
            long kept = Scope.liveTensors();
            Job job = pipeline.job(ask(1, null, Shortcuts.NONE));

            assertThatIllegalStateException()
                    .isThrownBy(() -> model.render(job, job.samples(), pipeline.sources(PICTURE), (step, steps) -> {
                        throw new IllegalStateException("broken off in step " + step);
                    }));

            assertThat(Scope.liveTensors()).isEqualTo(kept);
            assertThat(picture(model, pipeline)).isEqualTo(expected);
        }
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected, Holding holding) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((way, latents) ->
                assertThat(actual.get(way)).as("%s, %s", way, holding).isEqualTo(latents));
    }

    private static byte[] picture(Path checkpoint, Holding holding, boolean fp8) {
        try (ImageModel model = load(checkpoint, holding, fp8)) {
            return picture(
                    model,
                    checkpoint.equals(TestCheckpoints.POCKET_EDIT) ? TinyPipeline.QWEN_IMAGE_EDIT : TinyPipeline.FLUX);
        }
    }

    private static byte[] picture(ImageModel model, TinyPipeline pipeline) {
        Job job = pipeline.job(ask(1, null, Shortcuts.NONE));
        return model.render(job, job.samples().subList(0, 1), pipeline.sources(PICTURE), Progress.NONE)
                .getFirst()
                .picture()
                .rgb();
    }

    private static ImageModel load(Path checkpoint, Holding holding, boolean fp8) {
        return AsOnACard.load(WINDOW, () -> LoadedModel.held(holding, fp8, checkpoint));
    }

    /** The latents that a model draws in every way that jobs ask for. */
    private Map<String, float[]> latents(TinyPipeline pipeline, Path checkpoint, Holding holding, boolean fp8)
            throws IOException {
        Map<String, float[]> drawn = new LinkedHashMap<>();
        try (ImageModel model = load(checkpoint, holding, fp8)) {
            List<LoraFile> lora = List.of(TinyLora.write(folder.resolve("lora.safetensors"), model, 0.5f));
            List<LoraFile> dora = List.of(dora(model));
            drawn.put("plain", latents(model, pipeline, ask(1, null, Shortcuts.NONE), List.of()));
            drawn.put("CFG", latents(model, pipeline, ask(1, "blurry", Shortcuts.NONE), List.of()));
            drawn.put("batch", latents(model, pipeline, ask(2, "blurry", Shortcuts.NONE), List.of()));
            drawn.put("LoRA", latents(model, pipeline, ask(1, null, Shortcuts.NONE), lora));
            drawn.put("DoRA", latents(model, pipeline, ask(1, null, Shortcuts.NONE), dora));
            drawn.put("cache", latents(model, pipeline, ask(1, "blurry", new Shortcuts(false, 1.0)), List.of()));
            drawn.put("again", latents(model, pipeline, ask(1, null, Shortcuts.NONE), List.of()));
            assertThat(drawn.get("again")).isEqualTo(drawn.get("plain"));
            assertThat(drawn.get("DoRA")).isNotEqualTo(drawn.get("plain"));
        }
        return drawn;
    }

    private static float[] latents(ImageModel model, TinyPipeline pipeline, Sampling sampling, List<LoraFile> loras) {
        Job job = pipeline.job(sampling);
        return Objects.requireNonNull(
                Probe.record(() -> model.render(job, job.samples(), pipeline.sources(PICTURE, loras), Progress.NONE))
                        .get("out.latents_packed"));
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

    /** A DoRA on every linear layer of the transformer. */
    private LoraFile dora(ImageModel model) throws IOException {
        var writer = new SafetensorsWriter();
        new TreeMap<>(model.networks().stream()
                        .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                        .findFirst()
                        .orElseThrow()
                        .required()
                        .layers())
                .forEach((layer, shape) -> writer.halves(
                                "transformer." + layer, DType.FLOAT32, 1, shape.in(), shape.out(), 0.1f)
                        .add(
                                "transformer." + layer + ".lora_magnitude_vector",
                                DType.FLOAT32,
                                new long[] {shape.out()},
                                SafetensorsWriter.filled(shape.out(), 1)));
        return new LoraFile(writer.write(folder.resolve("dora.safetensors")), "dora", "dora", 1);
    }
}
