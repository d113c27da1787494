package dev.darkroom.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.CheckpointException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint with something wrong in it is refused by the name of the file that is wrong, and leaves no tensor behind. */
class DamagedCheckpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path checkpoint;

    private long before;

    @BeforeEach
    void copyPocketFlux() throws IOException {
        try (Stream<Path> files = Files.walk(PocketFluxTest.POCKET)) {
            for (Path file : files.toList()) {
                Path copy = checkpoint.resolve(
                        PocketFluxTest.POCKET.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void theCopyItselfLoads() {
        try (var model = LoadedModel.from(checkpoint)) {
            assertThat(model.networks()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "scheduler/scheduler_config.json",
                "transformer/config.json",
                "vae/config.json",
                "text_encoder/config.json",
                "text_encoder_2/config.json",
                "tokenizer_2/tokenizer.json"
            })
    void aMissingFileIsNamed(String name) throws IOException {
        Files.delete(checkpoint.resolve(name));

        assertRefused(checkpoint.resolve(name).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer", "tokenizer_2"})
    void aMissingTokenizerIsNamed(String folder) throws IOException {
        try (Stream<Path> files = Files.list(checkpoint.resolve(folder))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        assertRefused(checkpoint.resolve(folder).toString(), "tokenizer.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer/diffusion_pytorch_model.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "text_encoder/model.safetensors",
                "text_encoder_2/model.safetensors"
            })
    void missingTruncatedOrOverlongWeightsAreNamed(String name) throws IOException {
        Path weights = checkpoint.resolve(name);
        byte[] whole = Files.readAllBytes(weights);

        try (var file = new RandomAccessFile(weights.toFile(), "rw")) {
            file.setLength(whole.length - 1);
        }
        assertRefused(weights.toString(), "truncated");

        try (var file = new RandomAccessFile(weights.toFile(), "rw")) {
            file.setLength(100);
        }
        assertRefused(weights.toString());

        Files.write(weights, new byte[0]);
        assertRefused(weights.toString());

        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length + 1));
        assertRefused(weights.toString());

        Files.delete(weights);
        assertRefused(String.valueOf(weights.getParent()), "holds no weights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"StableDiffusionPipeline", "FluxControlPipeline", "fluxpipeline", ""})
    void anUnknownPipelineIsNamed(String className) throws IOException {
        edit("model_index.json", index -> index.put("_class_name", className));

        assertRefused("model_index.json", "_class_name '" + className + "'");
    }

    @Test
    void aFillPipelineNeedsATransformerForIt() throws IOException {
        edit("model_index.json", index -> index.put("_class_name", "FluxFillPipeline"));

        assertRefused("transformer/config.json", "FluxFillPipeline needs in_channels 384", "not 64");
    }

    @Test
    void aKontextPipelineLoads() throws IOException {
        edit("model_index.json", index -> index.put("_class_name", "FluxKontextPipeline"));

        try (var model = LoadedModel.from(checkpoint)) {
            assertThat(model.defaults().steps()).isEqualTo(4);
        }
    }

    @Test
    void aConfigThatDoesNotFitItsWeightsNamesTheTensors() throws IOException {
        edit("transformer/config.json", config -> config.put("num_layers", 3));

        assertRefused(checkpoint.resolve("transformer").toString(), "transformer_blocks.2.");
    }

    @Test
    void weightsThatNobodyReadsAreNamed() throws IOException {
        edit("transformer/config.json", config -> config.put("num_single_layers", 2));

        assertRefused(checkpoint.resolve("transformer").toString(), "single_transformer_blocks.2.");
    }

    @ParameterizedTest
    @CsvSource({
        "model_index.json, {",
        "model_index.json, []",
        "darkroom.json, not JSON",
        "transformer/config.json, ''",
        "vae/config.json, null",
        "scheduler/scheduler_config.json, '{\"a\": 1, \"a\": 2}'"
    })
    void aFileThatIsNoJsonObjectIsNamed(String name, String content) throws IOException {
        Files.writeString(checkpoint.resolve(name), content);

        assertRefused(checkpoint.resolve(name).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            size                | large
            size                | 0x128
            size                | 128
            steps               | 0
            steps               | many
            steps               | 4.5
            guidance_scale      | high
            native_area         | -1
            max_sequence_length | 0
            max_sequence_length | 1e9
            """)
    void aDefaultThatMakesNoSenseIsNamed(String field, String value) throws IOException {
        boolean isNumber = value.matches("-?[0-9.e]+") && !field.equals("size");
        edit("darkroom.json", defaults -> {
            if (isNumber) {
                defaults.put(field, new java.math.BigDecimal(value));
            } else {
                defaults.put(field, value);
            }
        });

        assertRefused(checkpoint.resolve("darkroom.json").toString(), field);
    }

    @Test
    void withoutDefaultsTheReferenceHasThem() throws IOException {
        Files.delete(checkpoint.resolve("darkroom.json"));

        try (var model = LoadedModel.from(checkpoint)) {
            assertThat(model.defaults().size()).isEqualTo(new Size(1024, 1024));
            assertThat(model.defaults().steps()).isEqualTo(4);
            assertThat(model.defaults().maxSequenceLength()).isEqualTo(256);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "transformer/config.json, num_attention_heads, 0",
        "transformer/config.json, num_attention_heads, 2000000000",
        "transformer/config.json, num_layers, 100000",
        "transformer/config.json, attention_head_dim, 33",
        "vae/config.json, latent_channels, -16",
        "text_encoder/config.json, hidden_size, 0",
        "text_encoder_2/config.json, num_layers, 0"
    })
    void aNumberThatMakesNoSenseIsNamed(String name, String field, int value) throws IOException {
        edit(name, config -> config.put(field, value));

        assertRefused(checkpoint.resolve(name).toString(), field);
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
