package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.zimage.TinyZImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint configures and these networks do not compute is refused by its name; what nobody knows is told, not passed over. */
class ForeignConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "flux; scheduler/scheduler_config.json; _class_name; \"FlowMatchHeunDiscreteScheduler\"",
                "flux; scheduler/scheduler_config.json; _class_name; \"DPMSolverMultistepScheduler\"",
                "flux; scheduler/scheduler_config.json; num_train_timesteps; 500",
                "flux; scheduler/scheduler_config.json; use_karras_sigmas; true",
                "flux; scheduler/scheduler_config.json; time_shift_type; \"linear\"",
                "flux; scheduler/scheduler_config.json; use_dynamic_shifting; \"yes\"",
                "flux; scheduler/scheduler_config.json; shift; 1e999",
                "flux; scheduler/scheduler_config.json; shift; 0",
                "flux; scheduler/scheduler_config.json; shift_terminal; 1",
                "flux; scheduler/scheduler_config.json; max_shift; 1e300",
                "flux; model_index.json; scheduler; [\"diffusers\", \"UniPCMultistepScheduler\"]",
                "flux; model_index.json; vae; [\"diffusers\", \"AutoencoderTiny\"]",
                "flux; model_index.json; text_encoder; [\"transformers\", \"CLIPTextModelWithProjection\"]",
                "flux; model_index.json; text_encoder_2; [\"transformers\", \"UMT5EncoderModel\"]",
                "flux; model_index.json; tokenizer_2; [\"transformers\", \"LlamaTokenizerFast\"]",
                "flux; model_index.json; transformer; [\"diffusers\", \"ChromaTransformer2DModel\"]",
                "flux; model_index.json; transformer; \"FluxTransformer2DModel\"",
                "flux; model_index.json; controlnet; [\"diffusers\", \"FluxControlNetModel\"]",
                "flux; transformer/config.json; _class_name; \"ChromaTransformer2DModel\"",
                "flux; transformer/config.json; patch_size; 2",
                "flux; transformer/config.json; num_layers; 2.0",
                "flux; transformer/config.json; guidance_embeds; 1",
                "flux; vae/config.json; _class_name; \"AutoencoderTiny\"",
                "flux; vae/config.json; act_fn; \"relu\"",
                "flux; vae/config.json; act_fn; 5",
                "flux; vae/config.json; in_channels; 4",
                "flux; vae/config.json; down_block_types; [\"AttnDownEncoderBlock2D\", \"DownEncoderBlock2D\"]",
                "flux; vae/config.json; scaling_factor; 0",
                "flux; vae/config.json; scaling_factor; 1e-300",
                "flux; text_encoder/config.json; hidden_act; \"gelu\"",
                "flux; text_encoder/config.json; architectures; [\"CLIPTextModelWithProjection\"]",
                "flux; text_encoder/config.json; model_type; \"siglip_text_model\"",
                "flux; text_encoder_2/config.json; model_type; \"umt5\"",
                "flux; text_encoder_2/config.json; architectures; [\"UMT5EncoderModel\"]",
                "flux; text_encoder_2/config.json; dense_act_fn; \"relu\"",
                "flux; text_encoder_2/config.json; is_gated_act; false",
                "flux; tokenizer/tokenizer_config.json; tokenizer_class; \"BertTokenizer\"",
                "flux; tokenizer/tokenizer_config.json; padding_side; \"left\"",
                "flux; tokenizer/tokenizer_config.json; model_max_length; 100",
                "flux; tokenizer/tokenizer_config.json; bos_token; \"<s>\"",
                "flux; tokenizer_2/tokenizer_config.json; truncation_side; \"left\"",
                "edit; model_index.json; text_encoder; [\"transformers\", \"Qwen3VLForConditionalGeneration\"]",
                "edit; model_index.json; vae; [\"diffusers\", \"AutoencoderKLWan\"]",
                "edit; text_encoder/config.json; model_type; \"qwen3_vl\"",
                "edit; text_encoder/config.json; architectures; [\"Qwen2VLForConditionalGeneration\"]",
                "edit; vae/config.json; latents_std; [0.5]",
                "edit; vae/config.json; latents_std; null",
                "edit; vae/config.json; latents_mean; [1, 2]",
                "edit; vae/config.json; input_channels; 4",
                "edit; tokenizer/tokenizer_config.json; add_bos_token; true",
                "edit; tokenizer/tokenizer_config.json; split_special_tokens; true",
                "edit; processor/preprocessor_config.json; image_processor_type; \"CLIPImageProcessor\"",
                "edit; processor/preprocessor_config.json; resample; 2",
                "edit; processor/preprocessor_config.json; image_std; [1e-300, 1, 1]",
                "longcat; model_index.json; transformer; [\"diffusers\", \"FluxTransformer2DModel\"]",
                "longcat; model_index.json; text_encoder; [\"transformers\", \"Qwen3VLForConditionalGeneration\"]",
                "longcat; model_index.json; text_encoder_2; [\"transformers\", \"T5EncoderModel\"]",
                "longcat; model_index.json; text_processor; [\"transformers\", \"CLIPProcessor\"]",
                "longcat; transformer/config.json; _class_name; \"FluxTransformer2DModel\"",
                "longcat; transformer/config.json; patch_size; 2",
                "longcat; transformer/config.json; guidance_embeds; true",
                "longcat; transformer/config.json; axes_dims_rope; [4, 6, 8]",
                "longcat; transformer/config.json; joint_attention_dim; 64",
                "longcat; text_processor/preprocessor_config.json; resample; 2",
                "klein; model_index.json; transformer; [\"diffusers\", \"FluxTransformer2DModel\"]",
                "klein; model_index.json; text_encoder; [\"transformers\", \"Mistral3ForConditionalGeneration\"]",
                "klein; model_index.json; vae; [\"diffusers\", \"AutoencoderKL\"]",
                "klein; model_index.json; is_distilled; \"yes\"",
                "klein; transformer/config.json; _class_name; \"FluxTransformer2DModel\"",
                "klein; transformer/config.json; mlp_ratio; 4.0",
                "klein; transformer/config.json; patch_size; 2",
                "klein; transformer/config.json; eps; 1e-5",
                "klein; transformer/config.json; timestep_guidance_channels; 128",
                "klein; transformer/config.json; axes_dims_rope; [4, 4, 8]",
                "klein; transformer/config.json; axes_dims_rope; [5, 3, 4, 4]",
                "klein; vae/config.json; _class_name; \"AutoencoderKL\"",
                "klein; vae/config.json; patch_size; [4, 4]",
                "klein; vae/config.json; act_fn; \"gelu\"",
                "klein; vae/config.json; decoder_block_out_channels; [8, 16]",
                "klein; text_encoder/config.json; model_type; \"qwen2\"",
                "dev; model_index.json; text_encoder; [\"transformers\", \"Qwen3ForCausalLM\"]",
                "dev; model_index.json; tokenizer; [\"transformers\", \"Qwen2TokenizerFast\"]",
                "dev; text_encoder/config.json; model_type; \"llava\"",
                "zimage; model_index.json; transformer; [\"diffusers\", \"ZImageControlNetModel\"]",
                "zimage; model_index.json; text_encoder; [\"transformers\", \"Qwen2_5_VLForConditionalGeneration\"]",
                "zimage; model_index.json; vae; [\"diffusers\", \"AutoencoderKLFlux2\"]",
                "zimage; model_index.json; siglip; [\"transformers\", \"Siglip2VisionModel\"]",
                "zimage; transformer/config.json; _class_name; \"Lumina2Transformer2DModel\"",
                "zimage; transformer/config.json; siglip_feat_dim; 1152",
                "zimage; transformer/config.json; all_patch_size; [2, 4]",
                "zimage; transformer/config.json; all_f_patch_size; [2]",
                "zimage; transformer/config.json; qk_norm; false",
                "zimage; transformer/config.json; axes_dims; [4, 10, 12]",
                "zimage; transformer/config.json; rope_theta; 0",
                "zimage; text_encoder/config.json; model_type; \"qwen2\"",
                "zimage; text_encoder/config.json; attention_bias; true",
            })
    void aValueThatIsNotComputedIsRefusedByItsName(String which, String file, String key, String value)
            throws IOException {
        Path checkpoint = checkpoint(which);
        JsonNode json = JSON.readTree(value.replace("1e999", "0"));
        TestCheckpoints.edit(checkpoint.resolve(file), object -> object.set(key, json));
        if (value.equals("1e999")) {
            Path path = checkpoint.resolve(file);
            Files.writeString(path, Files.readString(path).replace("\"shift\":0", "\"shift\":1e999"));
        }

        TestCheckpoints.assertRefused(() -> LoadedModel.open("test", checkpoint), file, key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer/config.json",
                "text_encoder/config.json",
                "text_encoder_2/config.json",
                "vae/config.json",
                "model_index.json"
            })
    void quantizedWeightsAreRefusedByTheNameOfTheirMethod(String file) throws IOException {
        Path checkpoint = checkpoint("flux");
        TestCheckpoints.edit(
                checkpoint.resolve(file),
                object -> object.putObject("quantization_config")
                        .put("quant_method", "bitsandbytes")
                        .put("load_in_4bit", true)
                        .put("bnb_4bit_quant_type", "nf4"));

        TestCheckpoints.assertRefused(
                () -> LoadedModel.open("test", checkpoint), file, "quantized", "bitsandbytes (nf4)");
    }

    @ParameterizedTest
    @CsvSource({
        "x_embedder.weight.absmax, bitsandbytes",
        "x_embedder.weight.quant_state.bitsandbytes__nf4, nf4",
        "x_embedder.SCB, bitsandbytes",
        "x_embedder.weight_scale_inv, fp8 with a scale for each block",
        "x_embedder.weight_scale_2, fp4",
        "x_embedder.comfy_quant, fp4",
        "x_embedder.weight._data, torchao or quanto",
        "x_embedder.qweight, GPTQ or AWQ"
    })
    void quantizedWeightsAreKnownByTheirTensors(String tensor, String method) throws IOException {
        Path checkpoint = checkpoint("flux");
        RenamedTensors.copy(
                checkpoint.resolve("transformer/diffusion_pytorch_model.safetensors"), "x_embedder.bias", tensor);

        TestCheckpoints.assertRefused(() -> LoadedModel.from(checkpoint), "transformer", "quantized", method);
    }

    @Test
    void weightsOfAnotherKindAreNamed() throws IOException {
        Path checkpoint = checkpoint("flux");
        TestCheckpoints.empty(checkpoint.resolve("transformer"), ".safetensors");
        Files.write(checkpoint.resolve("transformer/flux1-schnell.ckpt"), new byte[] {'P', 'K'});

        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(checkpoint), "holds no weights", "flux1-schnell.ckpt cannot be read");
    }

    @Test
    void nullComponentsAndSchedulesWithoutAClassAreRead() throws IOException {
        Path checkpoint = checkpoint("flux");
        TestCheckpoints.edit(checkpoint.resolve("model_index.json"), index -> {
            index.putArray("image_encoder").addNull().addNull();
            index.putArray("feature_extractor").addNull().addNull();
        });
        TestCheckpoints.edit(checkpoint.resolve("scheduler/scheduler_config.json"), file -> file.remove("_class_name"));

        assertThat(warnings(checkpoint)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flux", "edit", "zimage", "klein", "dev"})
    void aSoundCheckpointIsReadWithoutARemark(String which) throws IOException {
        assertThat(warnings(checkpoint(which))).isEmpty();
    }

    @Test
    void whatNobodyKnowsIsToldOnce() throws IOException {
        Path checkpoint = checkpoint("flux");
        TestCheckpoints.edit(checkpoint.resolve("transformer/config.json"), file -> file.put("window_sise", 8));
        TestCheckpoints.edit(checkpoint.resolve("scheduler/scheduler_config.json"), file -> file.put("flow_shift", 3));
        TestCheckpoints.edit(checkpoint.resolve("model_index.json"), ForeignConfigTest::safetyChecker);

        assertThat(warnings(checkpoint))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("transformer/config.json", "window_sise"),
                        line -> assertThat(line).contains("scheduler_config.json", "flow_shift"),
                        line -> assertThat(line).contains("model_index.json", "safety_checker"));
        assertThat(warnings(checkpoint)).as("when it is opened again").isEmpty();
    }

    private static void safetyChecker(ObjectNode index) {
        index.putArray("safety_checker").add("diffusers").add("StableDiffusionSafetyChecker");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer/diffusion_pytorch_model.safetensors",
                "transformer/config.json",
                "scheduler/scheduler_config.json",
                "model_index.json",
                "tokenizer/tokenizer.json",
                "tokenizer/tokenizer_config.json",
                "tokenizer/special_tokens_map.json",
                "tokenizer_2/tokenizer.json",
                "darkroom.json"
            })
    void aPipeInPlaceOfAFileIsNotWaitedFor(String file) throws IOException, InterruptedException {
        Path checkpoint = checkpoint("flux");
        Path pipe = checkpoint.resolve(file);
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> TestCheckpoints.assertRefused(() -> LoadedModel.from(checkpoint), pipe.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "special_tokens_map.json, ''",
        "special_tokens_map.json, '{\"bos_token\": {\"con'",
        "special_tokens_map.json, '[]'",
        "tokenizer_config.json, ''",
        "tokenizer_config.json, '{\"model_max'",
        "tokenizer_config.json, '{\"a\": 1, \"a\": 2}'"
    })
    void aTokenizersSettingsThatAreCutAreRefusedByTheirFile(String file, String content) throws IOException {
        Path checkpoint = checkpoint("flux");
        for (String tokenizer : List.of("tokenizer", "tokenizer_2")) {
            Path path = checkpoint.resolve(tokenizer).resolve(file);
            byte[] sound = Files.readAllBytes(path);
            Files.writeString(path, content);
            TestCheckpoints.assertRefused(() -> LoadedModel.open("test", checkpoint), path.toString());
            Files.write(path, sound);
        }
        assertThatCode(() -> LoadedModel.open("test", checkpoint).close()).doesNotThrowAnyException();
    }

    private Path checkpoint(String which) throws IOException {
        return TestCheckpoints.copy(
                switch (which) {
                    case "flux" -> TestCheckpoints.POCKET_FLUX;
                    case "longcat" -> TinyLongCat.IMAGE;
                    case "zimage" -> TinyZImage.TURBO;
                    case "klein" -> TinyFlux2.KLEIN;
                    case "dev" -> TinyFlux2.DEV;
                    default -> TestCheckpoints.POCKET_EDIT;
                },
                folder);
    }

    /** What the log says of a checkpoint's configs while it is opened. */
    private static List<String> warnings(Path checkpoint) {
        List<String> lines = new ArrayList<>();
        var listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                    lines.add(
                            line.getMessage() + Arrays.toString(line.getParameters())); // formatted, or still in parts
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("dev.darkroom");
        log.addHandler(listener);
        try {
            LoadedModel.from(checkpoint).close();
        } finally {
            log.removeHandler(listener);
        }
        return lines;
    }
}
