package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.Fp8Files.Scheme;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.LinearWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checkpoints that are stored in fp8: every way of storing them gives the numbers that they stand for, and those are multiplied as they are. */
class Fp8CheckpointTest {
    private static final Path LORA = TestCheckpoints.PAYLOADS.resolve("loras/red-is-blue.safetensors");
    private static final Job CIRCLE = new Job.TextToImage(
            TestJobs.PLAIN,
            TestJobs.of("a red circle on a white background", null, new Size(128, 128), 2, null, null, 7));

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private Path stored(Path checkpoint, Scheme scheme) throws IOException {
        Path fp8 = TestCheckpoints.copy(checkpoint, folder.resolve("fp8"));
        Fp8Files.store(fp8, TestCheckpoints.copy(checkpoint, reference()), scheme);
        return fp8;
    }

    private Path reference() {
        return folder.resolve("reference");
    }

    @ParameterizedTest
    @EnumSource
    void aPictureIsThatOfTheNumbersInFloat32(Scheme scheme) throws IOException {
        Path fp8 = stored(TestCheckpoints.POCKET_FLUX, scheme);
        float[] expected = latents(copied(reference()), CIRCLE, Sources.NONE);

        assertThat(latents(copied(fp8), CIRCLE, Sources.NONE)).isEqualTo(expected);
        assertThat(Distance.between(latents(LoadedModel.in(DType.FLOAT32, fp8), CIRCLE, Sources.NONE), expected))
                .as("mapped, where products add up in another order")
                .isLessThan(1e-5);
    }

    @Test
    void anEditIsThatOfTheNumbersInFloat32() throws IOException {
        var sources = new Sources(List.of(TestPictures.noise(128, 128)), null, List.of());
        Job job = new Job.FromImages(
                TestJobs.PLAIN, TestJobs.of("make it night", null, null, 2, null, null, 7), List.of(""), null);
        Path fp8 = stored(TestCheckpoints.POCKET_EDIT, Scheme.SCALE_WEIGHT);

        assertThat(latents(copied(fp8), job, sources)).isEqualTo(latents(copied(reference()), job, sources));
    }

    @ParameterizedTest
    @EnumSource
    void everyLayerHoldsTheNumbersThatItsFileStandsFor(Scheme scheme) throws IOException {
        Path fp8 = stored(TestCheckpoints.POCKET_FLUX, scheme);
        try (ImageModel exact = LoadedModel.in(DType.FLOAT32, reference());
                ImageModel mapped = LoadedModel.in(DType.FLOAT32, fp8)) {
            linears(exact)
                    .forEach((name, layer) -> assertThat(
                                    Objects.requireNonNull(linears(mapped).get(name))
                                            .tensor()
                                            .toFloats())
                            .as(name)
                            .isEqualTo(layer.tensor().toFloats()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "PLAIN_E5M2", mode = EnumSource.Mode.EXCLUDE)
    void whereFp8IsMultipliedTheNumbersAreTakenAsTheyAreStored(Scheme scheme) throws IOException {
        Path fp8 = stored(TestCheckpoints.POCKET_FLUX, scheme);
        try (ImageModel exact = LoadedModel.in(DType.FLOAT32, reference());
                ImageModel mapped = LoadedModel.inFp8(fp8);
                ImageModel copied = AsOnACard.load(() -> LoadedModel.inFp8(fp8));
                var scope = Scope.open("compare")) {
            linears(exact).forEach((name, layer) -> {
                float[] numbers = layer.tensor().toFloats();
                for (ImageModel model : List.of(mapped, copied)) {
                    LinearWeight found = Objects.requireNonNull(linears(model).get(name));
                    assertThat(found.rows().isPresent()).as(name).isEqualTo(inFp8(name));
                    if (inFp8(name)) {
                        assertThat(found.tensor().toFloats()).as(name).isEqualTo(numbers);
                    }
                }
            });
        }
    }

    private static boolean inFp8(String layer) {
        return layer.contains("transformer_blocks.") && !layer.contains("norm");
    }

    @Test
    void numbersOfFewerBitsAreQuantisedLikeOthers() throws IOException {
        Path fp8 = stored(TestCheckpoints.POCKET_FLUX, Scheme.PLAIN_E5M2);
        try (ImageModel quantised = LoadedModel.inFp8(fp8);
                ImageModel expected = LoadedModel.inFp8(reference());
                var scope = Scope.open("compare")) {
            linears(expected).forEach((name, layer) -> {
                LinearWeight found = Objects.requireNonNull(linears(quantised).get(name));
                assertThat(found.rows().isPresent()).isEqualTo(layer.rows().isPresent());
                assertThat(found.tensor().to(DType.FLOAT32).toFloats())
                        .isEqualTo(layer.tensor().to(DType.FLOAT32).toFloats());
            });
        }
    }

    @Test
    void aLoraOnTopDoesWhatItDoesToTheNumbersInFloat32() throws IOException {
        Path fp8 = stored(TestCheckpoints.POCKET_FLUX, Scheme.WEIGHT_SCALE);
        var lora = new Sources(List.of(), null, List.of(new LoraFile(LORA, "red-is-blue", "red-is-blue", 1)));
        float[] expected = latents(copied(reference()), CIRCLE, lora);

        assertThat(latents(copied(fp8), CIRCLE, lora)).isEqualTo(expected);
        float[] multiplied = latents(LoadedModel.inFp8(fp8), CIRCLE, lora);
        assertThat(Distance.between(multiplied, expected)).isBetween(0.001, 0.08);
        assertThat(latents(AsOnACard.load(() -> LoadedModel.inFp8(fp8)), CIRCLE, lora))
                .isEqualTo(multiplied);
    }

    /** Loads as for a card, where every weight starts at a multiple of what products want: equal numbers give equal products. */
    private static ImageModel copied(Path checkpoint) {
        return AsOnACard.load(() -> LoadedModel.in(DType.FLOAT32, checkpoint));
    }

    /** Draws with a model and closes it. */
    private static float[] latents(ImageModel loaded, Job job, Sources sources) {
        try (loaded) {
            return Objects.requireNonNull(
                    Probe.record(() -> loaded.render(job, TestJobs.first(job), sources, Progress.NONE))
                            .get("out.latents_packed"));
        }
    }

    private static Map<String, LinearWeight> linears(ImageModel model) {
        return model.networks().stream()
                .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                .findFirst()
                .orElseThrow()
                .required()
                .linears();
    }
}
