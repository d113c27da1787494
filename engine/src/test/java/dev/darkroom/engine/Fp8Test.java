package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.LinearWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transformers with fp8 layers, emulated on the CPU: which layers they are, how far pictures move, and LoRAs on top. */
class Fp8Test {
    private static final Path LORA = TestCheckpoints.PAYLOADS.resolve("loras/red-is-blue.safetensors");

    @TempDir
    Path folder;

    /** Number of a block left out. */
    private static final List<String> FLUX = List.of(
            "single_transformer_blocks.attn.to_k",
            "single_transformer_blocks.attn.to_q",
            "single_transformer_blocks.attn.to_v",
            "single_transformer_blocks.proj_mlp",
            "single_transformer_blocks.proj_out",
            "transformer_blocks.attn.add_k_proj",
            "transformer_blocks.attn.add_q_proj",
            "transformer_blocks.attn.add_v_proj",
            "transformer_blocks.attn.to_add_out",
            "transformer_blocks.attn.to_k",
            "transformer_blocks.attn.to_out.0",
            "transformer_blocks.attn.to_q",
            "transformer_blocks.attn.to_v",
            "transformer_blocks.ff.net.0.proj",
            "transformer_blocks.ff.net.2",
            "transformer_blocks.ff_context.net.0.proj",
            "transformer_blocks.ff_context.net.2");

    private static final List<String> QWEN = List.of(
            "transformer_blocks.attn.add_k_proj",
            "transformer_blocks.attn.add_q_proj",
            "transformer_blocks.attn.add_v_proj",
            "transformer_blocks.attn.to_add_out",
            "transformer_blocks.attn.to_k",
            "transformer_blocks.attn.to_out.0",
            "transformer_blocks.attn.to_q",
            "transformer_blocks.attn.to_v",
            "transformer_blocks.img_mlp.net.0.proj",
            "transformer_blocks.txt_mlp.net.0.proj",
            "transformer_blocks.txt_mlp.net.2");

    @Test
    void theLayersOfTheBlocksAreQuantisedAndTheSensitiveOnesAreNot() {
        try (ImageModel flux = LoadedModel.inFp8(TestCheckpoints.POCKET_FLUX);
                ImageModel edit = LoadedModel.inFp8(TestCheckpoints.POCKET_EDIT)) {
            assertThat(quantised(flux)).containsExactlyElementsOf(FLUX);
            assertThat(quantised(edit)).containsExactlyElementsOf(QWEN);
            assertThat(linears(flux).get("transformer_blocks.0.attn.to_q"))
                    .satisfies(layer -> assertThat(
                                    layer.rows().orElseThrow().values().dtype())
                            .isEqualTo(DType.FLOAT8_E4M3));
        }
    }

    /** Found: 0.025; for the edit 0.073, for the LoRA 0.051. */
    @Test
    void aPictureOfThePocketModelMovesLittle() {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a red circle on a white background", null, null, null, null, null, 7));
        assertNear(TestCheckpoints.POCKET_FLUX, job, Sources.NONE);
    }

    @Test
    void anEditOfThePocketModelMovesLittle() {
        var sources = new Sources(List.of(TestPictures.noise(128, 128)), null, List.of());
        Job job = new Job.FromImages(
                TestJobs.PLAIN, TestJobs.of("make it night", null, null, null, null, null, 7), List.of(""), null);
        assertNear(TestCheckpoints.POCKET_EDIT, job, sources);
    }

    private static void assertNear(Path checkpoint, Job job, Sources sources) {
        float[] exact;
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            exact = latents(model, job, sources);
        }
        float[] fp8;
        try (ImageModel model = LoadedModel.inFp8(checkpoint)) {
            fp8 = latents(model, job, sources);
        }
        assertThat(Distance.between(fp8, exact)).isBetween(0.002, 0.1);
    }

    @ParameterizedTest
    @EnumSource
    void everyPipelineDrawsAndLeavesNoTensor(TinyPipeline pipeline) throws IOException {
        long before = Scope.liveTensors();
        Picture picture = TestPictures.noise(96, 64);
        try (ImageModel model = LoadedModel.inFp8(pipeline.make(folder.resolve("checkpoint")))) {
            Job job = pipeline.job(TestJobs.of("a fox", null, null, 2, null, null, 7));
            Rendering rendering = model.render(job, TestJobs.first(job), pipeline.sources(picture), Progress.NONE);
            long kept = Scope.liveTensors();
            Rendering again = model.render(job, TestJobs.first(job), pipeline.sources(picture), Progress.NONE);

            assertThat(again.picture().rgb()).isEqualTo(rendering.picture().rgb());
            assertThat(Scope.liveTensors()).isEqualTo(kept);
            assertThat(rendering.parameters()).containsEntry("quantization", "fp8");
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aLoraOnTopDoesWhatItDoesInFloat32() {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a red circle on a white background", null, null, null, null, null, 7));
        var lora = new Sources(List.of(), null, List.of(new LoraFile(LORA, "red-is-blue", "red-is-blue", 1)));
        float[] exact;
        try (ImageModel model = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            exact = latents(model, job, lora);
        }
        try (ImageModel model = LoadedModel.inFp8(TestCheckpoints.POCKET_FLUX)) {
            float[] plain = latents(model, job, Sources.NONE);
            float[] adapted = latents(model, job, lora);

            assertThat(Distance.between(adapted, exact)).isLessThan(0.08);
            assertThat(Distance.between(adapted, plain)).isGreaterThan(0.2);
            assertThat(latents(model, job, Sources.NONE)).as("no trace").isEqualTo(plain);
        }
    }

    private static float[] latents(ImageModel model, Job job, Sources sources) {
        return Objects.requireNonNull(Probe.record(() -> model.render(job, TestJobs.first(job), sources, Progress.NONE))
                .get("out.latents_packed"));
    }

    private static Map<String, LinearWeight> linears(ImageModel model) {
        return model.networks().stream()
                .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                .findFirst()
                .orElseThrow()
                .required()
                .linears();
    }

    private static TreeSet<String> quantised(ImageModel model) {
        return model.networks().stream()
                .flatMap(network -> network.required().linears().entrySet().stream())
                .filter(layer -> layer.getValue().rows().isPresent())
                .map(layer -> layer.getKey().replaceFirst("\\.\\d+\\.", "."))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
