package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.Fp8Files.Scheme;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Distance;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Lightning files that are published for Qwen-Image-2512 and -Edit-2511, by their names, on tiny networks of the same kinds. */
class LightningFilesTest {
    private static final Path TRANSFORMER_2511 =
            TestCheckpoints.GOLDENS.resolve("tiny-qwen-image-edit-2511/transformer");

    @TempDir
    Path folder;

    private record Drawn(float[] latents, Rendering rendering) {}

    /** A checkpoint of -2512, or of -2511, whose transformer takes references as at the end of the path. */
    private static Path make(TinyPipeline pipeline, Path to) throws IOException {
        Path checkpoint = pipeline.make(to);
        if (pipeline == TinyPipeline.QWEN_IMAGE_EDIT_PLUS) {
            TestCheckpoints.empty(checkpoint.resolve("transformer"), "");
            TestCheckpoints.copy(TRANSFORMER_2511, checkpoint.resolve("transformer"));
        }
        return checkpoint;
    }

    private static Drawn draw(TinyPipeline pipeline, Path checkpoint, List<Path> loras) {
        Sampling any = TestJobs.of("make it night", null, null, null, null, null, 7);
        var sampling = new Sampling(
                any.prompts(),
                null,
                null,
                null,
                null,
                null,
                7,
                1,
                Shortcuts.NONE,
                loras.stream().map(path -> new Lora(path.toString(), 1)).toList());
        Job job = pipeline.job(sampling);
        Sources sources = pipeline.sources(
                TestPictures.noise(96, 64),
                loras.stream()
                        .map(path -> new LoraFile(path, path.toString(), String.valueOf(path.getFileName()), 1))
                        .toList());
        List<Rendering> renderings = new ArrayList<>();
        try (ImageModel model = LoadedModel.in(DType.FLOAT32, checkpoint)) {
            float[] latents = Objects.requireNonNull(Probe.record(() ->
                            renderings.addAll(model.render(job, List.of(TestJobs.first(job)), sources, Progress.NONE)))
                    .get("out.latents_packed"));
            return new Drawn(latents, renderings.getFirst());
        }
    }

    private static void state(Path checkpoint, int steps) throws IOException {
        TestCheckpoints.edit(
                checkpoint.resolve("darkroom.json"),
                file -> file.put("schedule", "lightning").put("steps", steps).put("true_cfg_scale", 1));
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN_IMAGE, Qwen-Image-2512-Lightning-4steps-V1.0-bf16.safetensors, 4",
        "QWEN_IMAGE, Qwen-Image-2512-Lightning-8steps-V1.0-fp32.safetensors, 8",
        "QWEN_IMAGE_EDIT_PLUS, Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors, 4",
        "QWEN_IMAGE_EDIT_PLUS, Qwen-Image-Edit-2511-Lightning-8steps-V1.0-fp32.safetensors, 8",
    })
    void aLoraBringsItsStepsAndItsSchedule(TinyPipeline pipeline, String name, int steps) throws IOException {
        Path plain = make(pipeline, folder.resolve("plain"));
        Path stated = make(pipeline, folder.resolve("stated"));
        state(stated, steps);
        Path lora = new SafetensorsWriter()
                .halves("transformer_blocks.0.attn.to_q", DType.BFLOAT16, 1, 48, 48, 0)
                .write(folder.resolve(name));

        Drawn drawn = draw(pipeline, plain, List.of(lora));

        assertThat(drawn.rendering().parameters())
                .containsEntry("num_inference_steps", steps)
                .doesNotContainKey("true_cfg_scale");
        assertThat(drawn.rendering().notes())
                .contains("a Lightning LoRA: its own schedule, " + steps + " steps of one pass");
        assertThat(Distance.between(
                        drawn.latents(), draw(pipeline, stated, List.of()).latents()))
                .isLessThan(1e-5);
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN_IMAGE, qwen_image_2512_fp8_e4m3fn_scaled_comfyui_4steps_v1.0.safetensors, 4, REMARKS",
        "QWEN_IMAGE, qwen_image_2512_fp8_e4m3fn_scaled_4steps_v1.0.safetensors, 4, ROW_SCALES",
        "QWEN_IMAGE_EDIT_PLUS, qwen_image_edit_2511_fp8_e4m3fn_scaled_lightning_comfyui_4steps_v1.0.safetensors, 4, REMARKS",
        "QWEN_IMAGE_EDIT_PLUS, qwen_image_edit_2511_fp8_e4m3fn_scaled_lightning_8steps_v1.0.safetensors, 8, ROW_SCALES",
    })
    void aTransformerThatOneWasMergedIntoIsKnownByItsFilesName(
            TinyPipeline pipeline, String name, int steps, Scheme scheme) throws IOException {
        Path merged = make(pipeline, folder.resolve("merged"));
        Path transformer = merged.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.read(transformer));
        TestCheckpoints.empty(transformer, "index.json");
        Path stated = TestCheckpoints.copy(merged, folder.resolve("stated"));
        state(stated, steps);
        Fp8Files.store(merged, stated, scheme);
        Files.move(transformer.resolve("flux1-of-somebody.safetensors"), transformer.resolve(name));

        Drawn drawn = draw(pipeline, merged, List.of());

        assertThat(drawn.rendering().parameters())
                .containsEntry("num_inference_steps", steps)
                .doesNotContainKey("true_cfg_scale");
        assertThat(Distance.between(
                        drawn.latents(), draw(pipeline, stated, List.of()).latents()))
                .isLessThan(1e-5);
    }

    /** Weights that FLUX.2-dev-Turbo was merged into bring its noise levels, as the LoRA does. */
    @Test
    void aMergedTurboBringsItsLevelsToo() throws IOException {
        Path plain = TinyPipeline.FLUX2_DEV.make(folder.resolve("plain"));
        Path merged = TestCheckpoints.copy(plain, folder.resolve("merged"));
        Path transformer = merged.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.read(transformer));
        TestCheckpoints.empty(transformer, "index.json");
        Files.move(
                transformer.resolve("flux1-of-somebody.safetensors"),
                transformer.resolve("flux.2-dev-turbo-fp8.safetensors"));
        Path lora = new SafetensorsWriter()
                .halves("transformer_blocks.0.attn.to_q", DType.BFLOAT16, 1, 48, 48, 0)
                .write(folder.resolve("flux.2-turbo-lora.safetensors"));

        Drawn drawn = draw(TinyPipeline.FLUX2_DEV, merged, List.of());

        assertThat(drawn.rendering().parameters()).containsEntry("num_inference_steps", 8);
        assertThat(Distance.between(
                        drawn.latents(),
                        draw(TinyPipeline.FLUX2_DEV, plain, List.of(lora)).latents()))
                .isLessThan(1e-5);
    }

    @Test
    void whatTheCheckpointStatesGoesFirst() throws IOException {
        Path merged = make(TinyPipeline.QWEN_IMAGE, folder.resolve("merged"));
        Path transformer = merged.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.read(transformer));
        TestCheckpoints.empty(transformer, "index.json");
        Files.move(
                transformer.resolve("flux1-of-somebody.safetensors"),
                transformer.resolve("qwen_image_2512_fp8_e4m3fn_scaled_4steps_v1.0.safetensors"));
        TestCheckpoints.edit(merged.resolve("darkroom.json"), file -> file.put("steps", 2));

        assertThat(draw(TinyPipeline.QWEN_IMAGE, merged, List.of()).rendering().parameters())
                .containsEntry("num_inference_steps", 2);
    }

    @ParameterizedTest
    @CsvSource({"qwen_image_2512_fp8_e4m3fn_scaled_comfyui.safetensors", "qwen_image_edit_2511_12000steps.safetensors"})
    void otherNamesBringNothing(String name) throws IOException {
        Path plain = make(TinyPipeline.QWEN_IMAGE, folder.resolve("plain"));
        Path transformer = plain.resolve("transformer");
        GgufFiles.replace(transformer, GgufFiles.read(transformer));
        TestCheckpoints.empty(transformer, "index.json");
        Files.move(transformer.resolve("flux1-of-somebody.safetensors"), transformer.resolve(name));
        TestCheckpoints.edit(plain.resolve("darkroom.json"), file -> file.put("true_cfg_scale", 3));

        try (ImageModel model = LoadedModel.open("test", plain)) {
            assertThat(model.defaults().steps()).isEqualTo(50);
        }
    }
}
