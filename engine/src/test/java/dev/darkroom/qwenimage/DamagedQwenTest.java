package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.model.ImageModel;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.CheckpointException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint of Qwen-Image with something wrong in it is refused by the name of what is wrong, and leaves no tensor behind. */
class DamagedQwenTest {
    private static final Path TINY = Path.of("src/test/resources/goldens/tiny-qwen-image-edit");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path checkpoint;

    private long before;

    @BeforeEach
    void copy() throws IOException {
        TinyFlux.copy(TINY, checkpoint);
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void theCopyItselfLoads() {
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            assertThat(model.networks()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "scheduler/scheduler_config.json",
                "transformer/config.json",
                "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                "vae/config.json",
                "text_encoder/config.json",
                "text_encoder/model-00001-of-00003.safetensors"
            })
    void aMissingFileIsNamed(String name) throws IOException {
        Files.delete(checkpoint.resolve(name));

        Path file = checkpoint.resolve(name);
        assertRefused(String.valueOf(file.getParent()), String.valueOf(file.getFileName()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "merges.txt"})
    void aMissingPartOfTheTokenizerIsNamed(String name) throws IOException {
        Files.delete(checkpoint.resolve("tokenizer").resolve(name));

        assertRefused(checkpoint.resolve("tokenizer").toString(), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transformer", "vae", "text_encoder"})
    void aNetworkWithoutWeightsIsNamed(String folder) throws IOException {
        try (var files = Files.list(checkpoint.resolve(folder))) {
            for (Path file : files.filter(path -> path.toString().contains(".safetensors"))
                    .toList()) {
                Files.delete(file);
            }
        }

        assertRefused(checkpoint.resolve(folder).toString(), "holds no weights");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "text_encoder/model-00002-of-00003.safetensors"
            })
    void truncatedOverlongOrEmptyWeightsAreNamed(String name) throws IOException {
        Path weights = checkpoint.resolve(name);
        byte[] whole = Files.readAllBytes(weights);

        for (int length : new int[] {whole.length - 1, 100, 8, 0, whole.length + 1}) {
            Files.write(weights, Arrays.copyOf(whole, length));
            assertRefused(weights.toString());
        }
        Files.write(weights, whole);
        try (var file = new RandomAccessFile(weights.toFile(), "rw")) {
            file.writeLong(-1);
        }
        assertRefused(weights.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "transformer, num_layers, 3, transformer_blocks.2.img_mod.1.weight, missing",
        "transformer, num_layers, 1, transformer_blocks.1.attn.to_q.weight, not read",
        "transformer, num_attention_heads, 2, img_in.weight, of another shape",
        "vae, base_dim, 6, encoder.conv_in.weight, of another shape",
        "vae, num_res_blocks, 3, decoder.up_blocks.0.resnets.3.conv1.weight, missing",
        "vae, num_res_blocks, 1, decoder.up_blocks.3.resnets.2.norm1.gamma, not read",
    })
    void aConfigThatDoesNotFitItsWeightsNamesTheTensors(
            String folder, String field, int value, String tensor, String fault) throws IOException {
        edit(folder + "/config.json", config -> config.put(field, value));

        assertRefused(checkpoint.resolve(folder) + " does not fit its config", fault, tensor);
    }

    @ParameterizedTest
    @CsvSource({
        "text_config, num_hidden_layers, 4, model.layers.3.self_attn.q_proj.weight, missing",
        "text_config, num_hidden_layers, 2, model.layers.2.mlp.down_proj.weight, not read",
        "text_config, vocab_size, 700, model.embed_tokens.weight, of another shape",
        "vision_config, depth, 5, visual.blocks.4.attn.qkv.weight, missing"
    })
    void aConfigOfTheTextEncoderThatDoesNotFitItsWeightsNamesTheTensors(
            String part, String field, int value, String tensor, String fault) throws IOException {
        edit("text_encoder/config.json", config -> ((ObjectNode) config.path(part)).put(field, value));

        assertRefused(checkpoint.resolve("text_encoder") + " does not fit its config", fault, tensor);
    }

    @Test
    void whatPreparesPicturesMustFitWhatSeesThem() throws IOException {
        edit("processor/preprocessor_config.json", config -> config.put("patch_size", 16));
        assertRefused(checkpoint + "/processor: patch_size, merge_size and temporal_patch_size 16, 2, 2", "14, 2, 2");
    }

    /** Without its bounds, pictures would be shrunk unasked. */
    @Test
    void anEditingCheckpointNeedsItsProcessor() throws IOException {
        Files.delete(checkpoint.resolve("processor/preprocessor_config.json"));
        assertRefused("processor/preprocessor_config.json");
    }

    @Test
    void theTokenOfAnImageMustBeTheTokenizers() throws IOException {
        edit("text_encoder/config.json", config -> config.put("image_token_id", 5));
        assertRefused("image_token_id 5 is not the tokenizer's <|image_pad|> 622");
    }

    /** Each network fits its own config, and yet they do not fit each other. */
    @ParameterizedTest
    @CsvSource({"transformer, joint_attention_dim, 64", "transformer, in_channels, 32"})
    void networksThatDoNotFitEachOtherAreNamed(String folder, String field, int value) throws IOException {
        edit(folder + "/config.json", config -> {
            config.put(field, value);
            if (field.equals("in_channels")) {
                config.put("out_channels", value / 4);
            }
        });

        assertRefused(checkpoint + "/transformer/config.json", "joint_attention_dim", "in_channels");
    }

    @Test
    void aVisionTowerThatGivesNoTokensOfTheLanguageModelIsNamed() throws IOException {
        edit(
                "text_encoder/config.json",
                config -> ((ObjectNode) config.path("vision_config")).put("out_hidden_size", 64));

        assertRefused(checkpoint + "/text_encoder/config.json", "out_hidden_size", "48");
    }

    @ParameterizedTest
    @CsvSource({
        "transformer/config.json, num_layers, 0",
        "transformer/config.json, num_attention_heads, 2000000000",
        "transformer/config.json, attention_head_dim, -16",
        "vae/config.json, z_dim, 8",
        "vae/config.json, base_dim, 2000000000",
        "vae/config.json, num_res_blocks, 0",
        "scheduler/scheduler_config.json, max_image_seq_len, 1",
        "processor/preprocessor_config.json, patch_size, 0"
    })
    void aNumberThatMakesNoSenseIsNamed(String name, String field, int value) throws IOException {
        edit(name, config -> config.put(field, value));

        assertRefused(
                checkpoint.resolve(name).toString(),
                name.startsWith("vae") && field.equals("z_dim") ? "latents_" : field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            size                | large
            size                | 16x16
            steps               | 0
            steps               | 1000
            true_cfg_scale      | high
            max_sequence_length | 2000
            native_area         | -1
            reference_area      | 0
            reference_area      | 1e3
            condition_area      | -5
            """)
    void aDefaultThatMakesNoSenseIsNamed(String field, String value) throws IOException {
        String json = value.matches("-?[0-9.e]+") ? value : "\"" + value + "\"";
        Files.writeString(checkpoint.resolve("darkroom.json"), "{\"" + field + "\": " + json + "}");

        assertRefused(checkpoint.resolve("darkroom.json").toString(), field);
    }

    @ParameterizedTest
    @CsvSource({
        "model_index.json, {",
        "darkroom.json, not JSON",
        "text_encoder/config.json, []",
        "vae/config.json, null",
        "processor/preprocessor_config.json, ''",
        "transformer/config.json, '{\"a\": 1, \"a\": 2}'"
    })
    void aFileThatIsNoJsonObjectIsNamed(String name, String content) throws IOException {
        Files.writeString(checkpoint.resolve(name), content);

        assertRefused(checkpoint.resolve(name).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"StableDiffusionPipeline", "QwenImageLayeredPipeline", "qwenimageeditpipeline", ""})
    void anUnknownPipelineIsNamed(String className) throws IOException {
        edit("model_index.json", index -> index.put("_class_name", className));

        assertRefused("model_index.json", "_class_name '" + className + "'");
    }

    @Test
    void aTensorThatStandsInTwoShardsIsNamed() throws IOException {
        Path folder = checkpoint.resolve("transformer");
        Files.copy(
                folder.resolve("diffusion_pytorch_model-00001-of-00002.safetensors"),
                folder.resolve("diffusion_pytorch_model-00003.safetensors"));
        edit(
                "transformer/diffusion_pytorch_model.safetensors.index.json",
                index -> ((ObjectNode) index.path("weight_map"))
                        .put("img_in.bias", "diffusion_pytorch_model-00003.safetensors"));

        assertRefused("stands in another shard too");
    }

    /** Loading may fail in the middle: what came before it must go. */
    @Test
    void theOtherNetworksAreFreedWhereTheLastCannotBeLoaded() throws IOException {
        for (String folder : List.of("vae", "text_encoder", "transformer")) {
            Path config = checkpoint.resolve(folder).resolve("config.json");
            String right = Files.readString(config);
            edit(folder + "/config.json", json -> {
                json.put("num_layers", 9).put("num_res_blocks", 5);
                if (json.path("text_config") instanceof ObjectNode text) {
                    text.put("num_hidden_layers", 9);
                }
            });
            assertRefused(checkpoint.resolve(folder) + " does not fit its config");
            noTensorIsLeft();
            Files.writeString(config, right);
        }
    }

    private void assertRefused(String... names) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> LoadedModel.from(checkpoint).close())
                .withMessageContainingAll(names);
    }

    private void edit(String name, Consumer<ObjectNode> change) throws IOException {
        Path file = checkpoint.resolve(name);
        var json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        change.accept(json);
        Files.write(file, JSON.writeValueAsBytes(json));
    }
}
