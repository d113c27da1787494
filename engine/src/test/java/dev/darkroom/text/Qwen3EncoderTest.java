package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.engine.RenamedTensors;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.JobException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.WeightSize;
import dev.darkroom.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the goldens do not show of Qwen3: what it refuses, other names, what is not loaded, and that nothing stays behind. */
class Qwen3EncoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TEXT_ENCODER = TestCheckpoints.GOLDENS.resolve("tiny-flux2-klein/text_encoder");
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final IntFunction<List<Integer>> TWO = layers -> List.of(1, layers - 1);
    private static final long[] IDS = {611, 276, 198, 65, 75, 612};
    private static final long PAD = 610;

    @TempDir
    Path folder;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Loaded<Qwen3Encoder> load(Path folder, IntFunction<List<Integer>> after, Placement placement) {
        return Weights.load(
                folder,
                placement,
                place -> Qwen3Encoder.Config.read(place, after),
                Qwen3Encoder::new,
                Qwen3Encoder.Config.read(folder, after).names());
    }

    private static float[] embeds(Path folder, IntFunction<List<Integer>> after, PaddedIds prompt) {
        try (var loaded = load(folder, after, FLOAT32);
                var encoding = Scope.open("encode")) {
            return loaded.network().encode(prompt).toFloats();
        }
    }

    private static PaddedIds padded(int length) {
        long[] ids = Arrays.copyOf(IDS, length);
        Arrays.fill(ids, IDS.length, length, PAD);
        return new PaddedIds(ids, IDS.length);
    }

    @Test
    void statesOfSeveralLayersLieSideBySide() {
        PaddedIds prompt = padded(IDS.length);
        float[] both = embeds(TEXT_ENCODER, TWO, prompt);
        float[] first = embeds(TEXT_ENCODER, layers -> List.of(1), prompt);
        float[] last = embeds(TEXT_ENCODER, layers -> List.of(layers - 1), prompt);

        for (int row = 0; row < IDS.length; row++) {
            assertThat(Arrays.copyOfRange(both, 64 * row, 64 * row + 32))
                    .containsExactly(Arrays.copyOfRange(first, 32 * row, 32 * row + 32));
            assertThat(Arrays.copyOfRange(both, 64 * row + 32, 64 * row + 64))
                    .containsExactly(Arrays.copyOfRange(last, 32 * row, 32 * row + 32));
        }
    }

    @Test
    void paddingChangesNoRealRowAndIsNoTwoTimesTheSame() {
        float[] alone = embeds(TEXT_ENCODER, TWO, padded(IDS.length));
        float[] padded = embeds(TEXT_ENCODER, TWO, padded(10));

        assertThat(Arrays.copyOf(padded, alone.length)).containsExactly(alone, within(1e-5f));
        assertThat(Arrays.copyOfRange(padded, 6 * 64, 7 * 64)).isNotEqualTo(Arrays.copyOfRange(padded, 7 * 64, 8 * 64));
        assertThat(padded).hasSize(640);
    }

    @Test
    void nothingButTheResultStaysBehind() {
        try (var loaded = load(TEXT_ENCODER, TWO, FLOAT32)) {
            long before = Scope.liveTensors();
            loaded.network().encode(padded(12));
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
    }

    @Test
    void itIsEncodedInTheTypeOfTheWeightsAndBlockByBlock() {
        float[] expected = embeds(TEXT_ENCODER, TWO, padded(9));
        try (var bfloat16 = load(TEXT_ENCODER, TWO, new Placement(Device.CPU, DType.BFLOAT16))) {
            assertThat(bfloat16.network().encode(padded(9)).dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(bfloat16.network().encode(padded(9)).toFloats()).containsExactly(expected, within(0.2f));
        }
        try (var streamed = load(TEXT_ENCODER, TWO, FLOAT32.held(Holding.STREAMED))) {
            assertThat(streamed.network().encode(padded(9)).toFloats()).containsExactly(expected);
        }
    }

    /** Of the layers that are not needed a file may have some, all or none; so it may be with the last norm and the head. */
    @ParameterizedTest
    @CsvSource({
        "^model\\.,''",
        "^model\\.(layers\\.3|norm)\\.,lm_head.$1.",
    })
    void otherNamesAndFewerLayersAreTheSameNetwork(String from, String to) throws IOException {
        float[] expected = embeds(TEXT_ENCODER, TWO, padded(8));
        assertThat(embeds(renamed(name -> name.replaceFirst(from, to)), TWO, padded(8)))
                .containsExactly(expected);
    }

    @Test
    void aLayerThatIsNeededMustBeThere() throws IOException {
        Path without = renamed(name -> name.replace("layers.2.", "layers.7."));
        TestCheckpoints.assertRefused(
                () -> load(without, TWO, FLOAT32),
                "11 missing",
                "model.layers.2.self_attn.q_norm.weight",
                "11 not read",
                "model.layers.7.mlp.up_proj.weight");
    }

    private Path renamed(UnaryOperator<String> name) throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        RenamedTensors.rename(folder, name);
        return folder;
    }

    /** By their names as from what loading takes, so that plans count neither layers nor norms that stay on the disk. */
    @ParameterizedTest
    @CsvSource({"tiny-flux2-klein, 1", "tiny-flux2-klein, 2", "tiny-flux2-klein, 4", "tiny-zimage, 3"})
    void whatIsNotLoadedIsNotCounted(String checkpoint, int last) {
        Path encoder = TestCheckpoints.GOLDENS.resolve(checkpoint).resolve("text_encoder");
        IntFunction<List<Integer>> after = layers -> List.of(last);
        long counted = WeightSize.of(
                        encoder, Qwen3Encoder.Config.read(encoder, after).names())
                .in(DType.FLOAT32);
        long measured = Weights.measure(() -> load(encoder, after, FLOAT32))
                .of(Holding.RESIDENT)
                .device();

        assertThat(measured).isBetween(counted, counted + 256 * 60); // tensors begin at multiples of some bytes
    }

    @Test
    void idsBeyondTheVocabularyAndEndlessPromptsAreRefused() {
        try (var loaded = load(TEXT_ENCODER, TWO, FLOAT32)) {
            for (long id : new long[] {-1, 640, Long.MAX_VALUE}) {
                TestCheckpoints.assertRefused(() -> loaded.network().encode(new long[] {1, id}), "640");
            }
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> loaded.network().encode(new long[40_961]))
                    .withMessageContainingAll("prompt", "40961", "40960");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "architectures; [\"Qwen3MoeForCausalLM\"]; architectures",
                "model_type; \"qwen2\"; model_type",
                "hidden_size; 0; hidden_size",
                "num_key_value_heads; 3; num_attention_heads",
                "head_dim; 23; head_dim",
                "num_hidden_layers; 2; num_hidden_layers",
                "attention_bias; true; attention_bias",
                "use_sliding_window; true; use_sliding_window",
                "layer_types; [\"full_attention\", \"sliding_attention\"]; layer_types",
                "hidden_act; \"gelu\"; hidden_act",
                "rope_theta; null; rope_theta",
                "rope_theta; 1; rope_theta",
                "rope_scaling; {\"rope_type\": \"yarn\", \"factor\": 4.0}; rope_scaling.rope_type",
                "rope_scaling; {\"factor\": 4.0}; rope_scaling.factor",
                "rms_norm_eps; 2; rms_norm_eps",
                "quantization_config; {\"quant_method\": \"fp8\"}; quantization_config",
            })
    void aConfigThatCannotBeMeantIsNamed(String field, String value, String named) throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        JsonNode json = JSON.readTree(value);
        TestCheckpoints.edit(folder.resolve("config.json"), config -> config.set(field, json));

        TestCheckpoints.assertRefused(
                () -> Qwen3Encoder.Config.read(folder, layers -> List.of(1, 2, 3)),
                folder.resolve("config.json").toString(),
                named);
    }

    @Test
    void newerConfigsNameRopeDifferentlyAndTheWidthOfAHeadMayBeMissing() throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        TestCheckpoints.edit(folder.resolve("config.json"), config -> {
            config.putObject("rope_parameters")
                    .put("rope_type", "default")
                    .set("rope_theta", config.remove("rope_theta"));
            config.remove("rope_scaling");
        });
        assertThat(Qwen3Encoder.Config.read(folder, TWO)).isEqualTo(Qwen3Encoder.Config.read(TEXT_ENCODER, TWO));

        TestCheckpoints.edit(folder.resolve("config.json"), config -> config.remove("head_dim"));
        assertThat(Qwen3Encoder.Config.read(folder, TWO).decoder().headWidth()).isEqualTo(128);
    }
}
