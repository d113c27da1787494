package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux2.Flux2Checkpoint;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.Job;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.qwenimage.TinyQwen;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistillationTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "Qwen-Image-Lightning-4steps-V1.0.safetensors, 4",
        "loras/Qwen-Image-Edit-2509-Lightning-8steps-V1.0-bf16.safetensors, 8",
        "https://huggingface.co/lightx2v/x/resolve/main/Qwen-Image-Edit-2511-Lightning-4steps-V1.0-fp32.safetensors?download=true, 4",
        "qwen_lightning_2_step, 2"
    })
    void theNameOfTheFileTellsTheSteps(String source, int steps) {
        assertThat(of(new Lora("other.safetensors", 1), new Lora(source, 1)))
                .hasValue(new Distillation("Lightning", steps));
    }

    @ParameterizedTest
    @CsvSource({
        "Z-Image-Fun-Lora-Distill-8-Steps-2603-ComfyUI.safetensors, Distill, 8",
        "Z-Image-Fun-Lora-Distill-4-Steps-2602.safetensors, Distill, 4",
        "Hyper-FLUX.1-dev-8steps-lora.safetensors, Hyper, 8",
        "my-style-z-image-turbo-8steps.safetensors, Turbo, 8"
    })
    void soItIsWithTheOtherKinds(String source, String name, int steps) {
        assertThat(of(new Lora(source, 1))).hasValue(new Distillation(name, steps));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flux.2-turbo-lora.safetensors",
                "fal/FLUX.2-dev-Turbo/flux.2-turbo-lora.safetensors",
                "Flux_2-Turbo-LoRA_comfyui.safetensors"
            })
    void flux2DevsTurboHasEight(String source) {
        List<Lora> loras = List.of(new Lora(source, 1));
        assertThat(Distillation.of(loras, flux2(TinyFlux2.DEV))).hasValue(new Distillation("Turbo", 8));
        assertThat(Distillation.of(loras, flux2(TinyFlux2.KLEIN))).isEmpty();
    }

    /** Where there is none of the kind, a number in the name still counts. */
    @Test
    void kleinKeepsItsStepsUnlessTheNameTellsOthers() {
        Family klein = flux2(TinyFlux2.KLEIN);
        assertThat(Distillation.of(List.of(new Lora("flux2_klein_turbo.safetensors", 1)), klein))
                .isEmpty();
        assertThat(Distillation.of(List.of(new Lora("flux2-klein-turbo-6steps.safetensors", 1)), klein))
                .hasValue(new Distillation("Turbo", 6));
    }

    @Test
    void flux1sTurboHasEight() {
        assertThat(of(new Lora("FLUX.1-Turbo-Alpha.safetensors", 1))).hasValue(new Distillation("Turbo", 8));
    }

    private static Optional<Distillation> of(Lora... loras) {
        return Distillation.of(List.of(loras), FluxCheckpoint.of(new Checkpoint("test", TestCheckpoints.POCKET_FLUX)));
    }

    private static Family flux2(Path checkpoint) {
        return Flux2Checkpoint.of(
                new Checkpoint("test", checkpoint), ConfigFile.read(checkpoint.resolve("model_index.json")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flux-20-turbo.safetensors",
                "z-image-de-distill-8-steps.safetensors",
                "zimage_dedistill_20steps.safetensors",
                "z_image_turbo_training_adapter_v2.safetensors",
                "Qwen-Image-4steps.safetensors",
                "lightning-storm-style.safetensors",
                "my-lightning-lora-1500steps.safetensors",
                "https://lightning.example/4steps/paint.safetensors"
            })
    void otherLorasAreNone(String source) {
        assertThat(of(new Lora(source, 1))).isEmpty();
        assertThat(of(new Lora("Lightning-4steps.safetensors", 0))).isEmpty();
    }

    /** The same as a checkpoint that the LoRA was merged into and whose {@code darkroom.json} says so. */
    @Test
    void itBringsItsScheduleItsStepsAndOnePass() throws Exception {
        Path lora = new SafetensorsWriter()
                .halves("transformer_blocks.0.attn.to_q", DType.FLOAT32, 1, 48, 48, 0)
                .write(folder.resolve("Tiny-Lightning-3steps.safetensors"));
        Path plain = TinyQwen.make(folder.resolve("plain"), "QwenImageEditPlusPipeline", areas("\"steps\": 2, "));
        Path merged = TinyQwen.make(
                folder.resolve("merged"),
                "QwenImageEditPlusPipeline",
                areas("\"schedule\": \"lightning\", \"steps\": 3, \"true_cfg_scale\": 1, "));
        Path listed = TinyQwen.make(
                folder.resolve("listed"),
                "QwenImageEditPlusPipeline",
                areas("\"loras\": [\"Tiny-Lightning-3steps.safetensors\"], "));
        Files.copy(lora, listed.resolve("Tiny-Lightning-3steps.safetensors"));

        Rendering withLora = render(plain, List.of(lora));
        Rendering asMerged = render(merged, List.of());

        assertThat(withLora.picture().rgb()).isEqualTo(asMerged.picture().rgb());
        assertThat(withLora.parameters())
                .containsEntry("num_inference_steps", 3)
                .doesNotContainKey("true_cfg_scale");
        assertThat(withLora.parameters())
                .containsEntry("loras", List.of(Map.of("name", "Tiny-Lightning-3steps.safetensors", "scale", 1.0)));
        assertThat(withLora.notes()).contains("a Lightning LoRA: its own schedule, 3 steps of one pass");
        assertThat(render(listed, List.of()).picture().rgb())
                .isEqualTo(asMerged.picture().rgb());
        assertThat(render(plain, List.of()).parameters()).containsEntry("num_inference_steps", 2);
    }

    private static String areas(String more) {
        return "{" + more + "\"reference_area\": 9216, \"condition_area\": 9216}";
    }

    private static Rendering render(Path checkpoint, List<Path> paths) {
        List<Lora> loras =
                paths.stream().map(path -> new Lora(path.toString(), 1)).toList();
        Sampling any = TestJobs.of("make the circle blue", null, null, null, null, null, 1);
        var ask = new Sampling(any.prompts(), null, null, null, null, null, 1, 1, Shortcuts.NONE, loras);
        var job = new Job.FromImages(TestJobs.PLAIN, ask, List.of(""), null);
        List<LoraFile> files = paths.stream()
                .map(path -> new LoraFile(path, path.toString(), String.valueOf(path.getFileName()), 1))
                .toList();
        var image = new Picture(96, 96, new byte[3 * 96 * 96]);
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            return model.render(job, TestJobs.first(job), new Sources(List.of(image), null, files), Progress.NONE);
        }
    }
}
