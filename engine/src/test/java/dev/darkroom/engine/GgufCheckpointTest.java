package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.GgufFiles.Numbers;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Precision;
import dev.darkroom.weights.WeightSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints with a component that is a GGUF file, in the names that people's files have, draw what they draw with safetensors. */
class GgufCheckpointTest {
    private static final Path LORA = TestCheckpoints.PAYLOADS.resolve("loras/red-is-blue.safetensors");
    private static final String COMFY = "model.diffusion_model.";

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    /** Draws with a checkpoint in float32, loaded as for a card, where equal numbers give equal products. */
    private static float[] latents(TinyPipeline pipeline, Path checkpoint, LoraFile... loras) {
        try (ImageModel model = AsOnACard.load(() -> LoadedModel.in(DType.FLOAT32, checkpoint))) {
            Job job = pipeline.job(TestJobs.of("a fox", null, null, 2, null, null, 7));
            Sources given = pipeline.sources(TestPictures.noise(96, 64));
            var sources = new Sources(given.images(), given.mask(), List.of(loras));
            return Objects.requireNonNull(
                    Probe.record(() -> model.render(job, TestJobs.first(job), sources, Progress.NONE))
                            .get("out.latents_packed"));
        }
    }

    private Path copy(Path checkpoint) throws IOException {
        return TestCheckpoints.copy(checkpoint, folder.resolve("gguf"));
    }

    @ParameterizedTest
    @CsvSource({"''", COMFY, "diffusion_model."})
    void fluxUnderTheNamesOfItsAuthors(String prefix) throws IOException {
        Path one = TinyPipeline.FLUX.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path transformer = gguf.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.asPublished(GgufFiles.read(transformer), prefix), "flux", false);

        assertThat(latents(TinyPipeline.FLUX, gguf)).isEqualTo(latents(TinyPipeline.FLUX, one));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLUX_KONTEXT", "FLUX_FILL", "QWEN_IMAGE", "QWEN_IMAGE_EDIT_PLUS"})
    void otherPipelines(TinyPipeline pipeline) throws IOException {
        Path one = pipeline.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path transformer = gguf.resolve("transformer");
        Map<String, Numbers> ours = GgufFiles.read(transformer);
        boolean flux = pipeline.name().startsWith("FLUX");
        Map<String, Numbers> theirs =
                flux ? GgufFiles.asPublished(ours, "") : GgufFiles.renamed(ours, name -> COMFY + name);
        if (!flux) {
            theirs.put(COMFY + "__index_timestep_zero__", new Numbers(new long[] {0}, new float[0]));
        }
        GgufFiles.replace(transformer, theirs, flux ? "flux" : "qwen_image", false);

        assertThat(latents(pipeline, gguf)).isEqualTo(latents(pipeline, one));
    }

    @ParameterizedTest
    @CsvSource({"LONGCAT_IMAGE, ''", "LONGCAT_IMAGE_EDIT, model.diffusion_model."})
    void longCatUnderTheNamesOfComfy(TinyPipeline pipeline, String prefix) throws IOException {
        Path one = pipeline.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path transformer = gguf.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.asPublished(GgufFiles.read(transformer), prefix), "flux", false);

        assertThat(latents(pipeline, gguf)).isEqualTo(latents(pipeline, one));
    }

    @ParameterizedTest
    @CsvSource({"FLUX2_KLEIN_EDIT, ''", "FLUX2_DEV, model.diffusion_model."})
    void flux2UnderTheNamesOfItsAuthors(TinyPipeline pipeline, String prefix) throws IOException {
        Path one = pipeline.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path transformer = gguf.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.ofFlux2(GgufFiles.read(transformer), prefix), "flux", false);

        assertThat(latents(pipeline, gguf)).isEqualTo(latents(pipeline, one));
    }

    @Test
    void flux2sSafetensorsFileOfComfy() throws IOException {
        Path one = TinyPipeline.FLUX2_DEV.make(folder.resolve("one"));
        Path single = copy(one);
        Path transformer = single.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.ofFlux2(GgufFiles.read(transformer), COMFY));

        assertThat(latents(TinyPipeline.FLUX2_DEV, single)).isEqualTo(latents(TinyPipeline.FLUX2_DEV, one));
    }

    /** Some writers leave the first dimension of the tokens that fill up out. */
    @ParameterizedTest
    @CsvSource({"ZIMAGE, '', false", "ZIMAGE_IMG2IMG, model.diffusion_model., true"})
    void zImageUnderTheNamesOfItsMakers(TinyPipeline pipeline, String prefix, boolean flat) throws IOException {
        Path one = pipeline.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path transformer = gguf.resolve("transformer");
        Map<String, Numbers> theirs = GgufFiles.ofZImage(GgufFiles.read(transformer), prefix, flat);
        theirs.put(prefix + "norm_final.weight", new Numbers(new long[] {48}, new float[48]));
        GgufFiles.replace(transformer, theirs, "lumina2", false);

        assertThat(latents(pipeline, gguf)).isEqualTo(latents(pipeline, one));
    }

    @Test
    void zImagesSafetensorsFileOfComfy() throws IOException {
        Path one = TinyPipeline.ZIMAGE.make(folder.resolve("one"));
        Path single = copy(one);
        Path transformer = single.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.ofZImage(GgufFiles.read(transformer), COMFY, false));

        assertThat(latents(TinyPipeline.ZIMAGE, single)).isEqualTo(latents(TinyPipeline.ZIMAGE, one));
    }

    @Test
    void oneSafetensorsFileOfItsAuthors() throws IOException {
        Path one = TinyPipeline.FLUX.make(folder.resolve("one"));
        Path single = copy(one);
        Path transformer = single.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.asPublished(GgufFiles.read(transformer), ""));

        assertThat(latents(TinyPipeline.FLUX, single)).isEqualTo(latents(TinyPipeline.FLUX, one));
    }

    @Test
    void eightBitsAreNearAndTakeHalfTheMemory() throws IOException {
        Path gguf = copy(TestCheckpoints.POCKET_FLUX);
        Path transformer = gguf.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.asPublished(GgufFiles.read(transformer), ""), "flux", true);
        float[] expected = latents(TinyPipeline.FLUX, TestCheckpoints.POCKET_FLUX);

        assertThat(Distance.between(latents(TinyPipeline.FLUX, gguf), expected)).isBetween(1e-4, 0.02);
        var lora = new LoraFile(LORA, "red-is-blue", "red-is-blue", 1);
        float[] adapted = latents(TinyPipeline.FLUX, TestCheckpoints.POCKET_FLUX, lora);
        assertThat(Distance.between(adapted, expected)).isGreaterThan(0.05);
        assertThat(Distance.between(latents(TinyPipeline.FLUX, gguf, lora), adapted))
                .isBetween(1e-4, 0.02);

        var bfloat16 = new Placement(Device.CPU, DType.BFLOAT16);
        assertThat((double) size(gguf).in(bfloat16)
                        / size(TestCheckpoints.POCKET_FLUX).in(bfloat16))
                .isBetween(0.5, 0.6);
    }

    private static WeightSize size(Path checkpoint) {
        return transformer(checkpoint).size();
    }

    private static Resident<?> transformer(Path checkpoint) {
        try (ImageModel model = LoadedModel.open("test", checkpoint)) {
            return model.networks().stream()
                    .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Blocks come to the device packed, and sizes are to the byte what they take there. */
    @Test
    void blocksAreStreamedAsTheyArePacked() throws IOException {
        Path gguf = copy(TestCheckpoints.POCKET_FLUX);
        Path transformer = gguf.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.asPublished(GgufFiles.read(transformer), ""), "flux", true);
        Placement streamed = new Placement(Device.CPU, DType.BFLOAT16).held(Holding.STREAMED);

        try (var mapped = FluxNetworks.transformer(transformer, new Placement(Device.CPU, DType.BFLOAT16));
                var blocks = FluxNetworks.transformer(transformer, streamed);
                var scope = Scope.open("compare")) {
            mapped.linears()
                    .forEach((name, layer) -> assertThat(
                                    Objects.requireNonNull(blocks.linears().get(name))
                                            .loaded()
                                            .toFloats())
                            .as(name)
                            .isEqualTo(layer.tensor().toFloats()));
        }
        var sizes = transformer(gguf).sizes(DType.BFLOAT16, Precision.PLAIN);
        long whole = sizes.of(Holding.RESIDENT).device();
        assertThat(whole).isBetween(size(gguf).in(streamed), size(gguf).in(streamed) + 256L * 200);
        assertThat(sizes.of(Holding.STREAMED).alone()).isLessThan(whole);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void t5UnderTheNamesOfLlamaCpp(boolean quantised) throws IOException {
        Path one = TinyPipeline.FLUX.make(folder.resolve("one"));
        Path gguf = copy(one);
        Path encoder = gguf.resolve("text_encoder_2");
        Map<String, Numbers> theirs = GgufFiles.renamed(GgufFiles.read(encoder), GgufCheckpointTest::ofLlamaCpp);
        GgufFiles.replace(encoder, theirs, "t5encoder", quantised);

        float[] found = latents(TinyPipeline.FLUX, gguf);
        float[] expected = latents(TinyPipeline.FLUX, one);
        assertThat(Distance.between(found, expected)).isLessThan(quantised ? 0.05 : 1e-9);
    }

    private static String ofLlamaCpp(String name) {
        return name.replace("encoder.block.", "enc.blk.")
                .replace("layer.0.SelfAttention.relative_attention_bias", "attn_rel_b")
                .replaceAll("layer\\.0\\.SelfAttention\\.([qkvo])", "attn_$1")
                .replace("layer.0.layer_norm", "attn_norm")
                .replace("layer.1.DenseReluDense.wi_0", "ffn_gate")
                .replace("layer.1.DenseReluDense.wi_1", "ffn_up")
                .replace("layer.1.DenseReluDense.wo", "ffn_down")
                .replace("layer.1.layer_norm", "ffn_norm")
                .replace("encoder.final_layer_norm", "enc.output_norm")
                .replace("shared.", "token_embd.");
    }

    @Test
    void severalFilesOfWeightsAreRefusedByTheirNames() throws IOException {
        Path gguf = copy(TinyPipeline.FLUX.make(folder.resolve("one")));
        Path transformer = gguf.resolve("transformer");
        Map<String, Numbers> tensors = GgufFiles.read(transformer);
        byte[] safetensors =
                Files.readAllBytes(transformer.resolve("diffusion_pytorch_model-00001-of-00002.safetensors"));
        Path file = GgufFiles.replace(transformer, tensors, "flux", false);
        Files.copy(file, transformer.resolve("flux1-dev-Q4_K_S.gguf"));
        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(gguf), "transformer", "flux1-dev-Q4_K_S.gguf, model-of-somebody.gguf", "alone");

        Files.delete(file);
        Files.write(transformer.resolve("beside.safetensors"), safetensors);
        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(gguf), "transformer", "flux1-dev-Q4_K_S.gguf, beside.safetensors", "alone");
    }

    @Test
    void aFileOfAnotherNetworkIsRefusedWithWhatItSaysItIs() throws IOException {
        Path gguf = copy(TinyPipeline.FLUX.make(folder.resolve("one")));
        Path qwen = TinyPipeline.QWEN_IMAGE.make(folder.resolve("two"));
        GgufFiles.replace(
                gguf.resolve("transformer"), GgufFiles.read(qwen.resolve("transformer")), "qwen_image", false);

        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(gguf), "does not fit its config (a GGUF file of the architecture 'qwen_image')");
    }

    @Test
    void aFileThatLacksATensorIsRefusedByTheCheckpointsName() throws IOException {
        Path gguf = copy(TinyPipeline.FLUX.make(folder.resolve("one")));
        Path transformer = gguf.resolve("transformer");
        Map<String, Numbers> theirs = GgufFiles.asPublished(GgufFiles.read(transformer), COMFY);
        theirs.remove(COMFY + "single_blocks.1.linear1.weight");
        GgufFiles.replace(transformer, theirs, "flux", false);

        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(gguf), "4 missing", "single_transformer_blocks.1.attn.to_q.weight");
    }
}
