package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the goldens do not show of Mistral: other names, how padding is computed, what is refused and what is not loaded. */
class MistralEncoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TEXT_ENCODER = TestCheckpoints.GOLDENS.resolve("tiny-flux2-dev-full/text_encoder");
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final List<Integer> AFTER = List.of(2, 5);
    private static final int WIDTH = 64;
    private static final long[] IDS = {1, 17, 332, 18, 3, 97, 4};
    private static final long PAD = 11;

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

    private static Loaded<MistralEncoder> load(Path folder, List<Integer> after, Placement placement) {
        return Weights.load(
                folder,
                placement,
                place -> MistralEncoder.Config.read(place, after),
                MistralEncoder::new,
                MistralEncoder.Config.read(folder, after).names());
    }

    private static float[] embeds(Path folder, PaddedIds prompt) {
        return embeds(folder, FLOAT32, prompt);
    }

    private static float[] embeds(Path folder, Placement placement, PaddedIds prompt) {
        try (var loaded = load(folder, AFTER, placement);
                var encoding = Scope.open("encode")) {
            return loaded.network().encode(prompt).toFloats();
        }
    }

    private static PaddedIds padded(int padding) {
        long[] ids = new long[padding + IDS.length];
        Arrays.fill(ids, 0, padding, PAD);
        System.arraycopy(IDS, 0, ids, padding, IDS.length);
        return new PaddedIds(ids, IDS.length);
    }

    @Test
    void rowsOfPaddingAreEqualAndNoZerosAndChangeNoOther() {
        float[] alone = embeds(TEXT_ENCODER, padded(0));
        for (int padding : new int[] {1, 2, 9}) {
            float[] padded = embeds(TEXT_ENCODER, padded(padding));
            assertThat(padded).hasSize((padding + IDS.length) * WIDTH).doesNotContain(0);
            assertThat(Arrays.copyOfRange(padded, padding * WIDTH, padded.length))
                    .containsExactly(alone, within(1e-5f));
            for (int row = 1; row < padding; row++) {
                assertThat(Arrays.copyOfRange(padded, row * WIDTH, (row + 1) * WIDTH))
                        .containsExactly(Arrays.copyOf(padded, WIDTH));
            }
        }
    }

    @Test
    void nothingButTheResultStaysBehind() {
        try (var loaded = load(TEXT_ENCODER, AFTER, FLOAT32)) {
            long before = Scope.liveTensors();
            loaded.network().encode(padded(12));
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
    }

    @Test
    void blocksThatAreStreamedComputeTheSame() {
        assertThat(embeds(TEXT_ENCODER, FLOAT32.held(Holding.STREAMED), padded(3)))
                .containsExactly(embeds(TEXT_ENCODER, padded(3)));
    }

    @ParameterizedTest
    @CsvSource({
        "^language_model\\.model\\.,model.language_model.",
        "^language_model\\.model\\.,model.",
        "^language_model\\.model\\.,''",
        "^(vision_tower|multi_modal_projector)\\.,model.$1.",
        "^language_model\\.lm_head\\.,lm_head.",
        "^language_model\\.model\\.(layers\\.(\\d\\d)|norm)\\.,vision_tower.$1.",
        "^language_model\\.lm_head\\.weight,tekken_model",
    })
    void otherNamesAreTheSameNetwork(String from, String to) throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        RenamedTensors.rename(folder, name -> name.replaceFirst(from, to));

        assertThat(embeds(folder, padded(2))).containsExactly(embeds(TEXT_ENCODER, padded(2)));
    }

    @Test
    void aLayerThatIsNeededMustBeThere() throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        RenamedTensors.rename(folder, name -> name.replace("layers.4.", "layers.40."));

        TestCheckpoints.assertRefused(
                () -> load(folder, AFTER, FLOAT32),
                "9 missing",
                "model.layers.4.self_attn.q_proj.weight",
                "9 not read");
    }

    @ParameterizedTest
    @CsvSource({"1", "30", "32"})
    void whatIsNotLoadedIsNotCounted(int last) {
        List<Integer> after = List.of(last);
        long counted = WeightSize.of(
                        TEXT_ENCODER,
                        MistralEncoder.Config.read(TEXT_ENCODER, after).names())
                .in(DType.FLOAT32);
        long measured = Weights.measure(() -> load(TEXT_ENCODER, after, FLOAT32))
                .of(Holding.RESIDENT)
                .device();

        assertThat(measured).isBetween(counted, counted + 256 * 300); // tensors begin at multiples of some bytes
    }

    @Test
    void endlessPromptsAreRefused() {
        try (var loaded = load(TEXT_ENCODER, AFTER, FLOAT32)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> loaded.network().encode(padded(131_072)))
                    .withMessageContainingAll("prompt", "131079", "131072");
            TestCheckpoints.assertRefused(() -> loaded.network().encode(new PaddedIds(new long[] {560}, 1)), "560");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sliding_window; 4096; text_config.sliding_window",
                "model_type; \"ministral3\"; text_config.model_type",
                "num_hidden_layers; 4; text_config.num_hidden_layers",
                "num_attention_heads; 3; text_config.num_attention_heads",
                "hidden_act; \"gelu\"; text_config.hidden_act",
                "rope_theta; null; text_config.rope_theta",
                "rope_parameters; {\"rope_type\": \"yarn\"}; text_config.rope_parameters.rope_type",
            })
    void aConfigThatCannotBeMeantIsNamed(String field, String value, String named) throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        JsonNode json = JSON.readTree(value);
        TestCheckpoints.edit(
                folder.resolve("config.json"), config -> ((ObjectNode) config.path("text_config")).set(field, json));

        TestCheckpoints.assertRefused(
                () -> MistralEncoder.Config.read(folder, AFTER),
                folder.resolve("config.json").toString(),
                named);
    }

    @Test
    void theWidthOfAHeadMayBeMissing() throws IOException {
        TestCheckpoints.copy(TEXT_ENCODER, folder);
        TestCheckpoints.edit(
                folder.resolve("config.json"), config -> ((ObjectNode) config.path("text_config")).remove("head_dim"));

        assertThat(MistralEncoder.Config.read(folder, AFTER).decoder().headWidth())
                .isEqualTo(8);
    }
}
