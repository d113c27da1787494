package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.JobException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the goldens do not show of the text encoder: what it refuses, other names, other types, and that nothing stays behind. */
class Qwen25VlEncoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TEXT_ENCODER =
            Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-qwen-edit/text_encoder");
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final long IMAGE = 807;
    private static final PatchGrid WIDE = new PatchGrid(4, 12, 2);
    private static final PatchGrid TALL = new PatchGrid(10, 2, 2);

    private static Loaded<Qwen25VlEncoder> loaded;

    @TempDir
    Path folder;

    private Scope scope;

    @BeforeAll
    static void load() {
        loaded = load(TEXT_ENCODER, FLOAT32);
    }

    @AfterAll
    static void unload() {
        loaded.close();
    }

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void eachPictureIsEncodedAsIfItWereAlone() {
        Tensor wide = pixels(WIDE, 1);
        Tensor tall = pixels(TALL, 2);
        float[] together = encoder()
                .imageEmbeds(Tensor.cat(0, wide, tall), List.of(WIDE, TALL))
                .toFloats();
        float[] first = encoder().imageEmbeds(wide, List.of(WIDE)).toFloats();
        float[] second = encoder().imageEmbeds(tall, List.of(TALL)).toFloats();
        assertThat(Arrays.copyOf(together, first.length)).containsExactly(first, within(1e-4f));
        assertThat(Arrays.copyOfRange(together, first.length, together.length)).containsExactly(second, within(1e-4f));
    }

    @Test
    void picturesInOneTensorOrInTwoAreTheSamePrompt() {
        long[] ids = ids(3, WIDE.tokens(), 2, TALL.tokens(), 4);
        Tensor wide = encoder().imageEmbeds(pixels(WIDE, 1), List.of(WIDE));
        Tensor tall = encoder().imageEmbeds(pixels(TALL, 2), List.of(TALL));
        Tensor states = encoder().encode(ids, List.of(wide, tall), List.of(WIDE, TALL));
        assertThat(states.shape()).containsExactly(1, ids.length, 64);
        assertThat(encoder()
                        .encode(ids, List.of(Tensor.cat(0, wide, tall)), List.of(WIDE, TALL))
                        .toFloats())
                .containsExactly(states.toFloats());
        assertThat(encoder()
                        .encode(ids, List.of(wide, tall.affine(-1, 0)), List.of(WIDE, TALL))
                        .toFloats())
                .isNotEqualTo(states.toFloats());
    }

    @Test
    void nothingButTheResultStaysBehind() {
        Tensor pixels = pixels(WIDE, 1);
        long before = Scope.liveTensors();
        Tensor embeds = encoder().imageEmbeds(pixels, List.of(WIDE));
        encoder().encode(ids(1, WIDE.tokens(), 1), List.of(embeds), List.of(WIDE));
        assertThat(Scope.liveTensors()).isEqualTo(before + 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void aPromptIsEncodedInTheTypeOfTheWeights(DType dtype) {
        try (var other = load(TEXT_ENCODER, new Placement(Device.CPU, dtype))) {
            Qwen25VlEncoder encoder = other.network();
            Tensor embeds = encoder.imageEmbeds(pixels(WIDE, 1), List.of(WIDE));
            Tensor states = encoder.encode(ids(3, WIDE.tokens(), 2), List.of(embeds), List.of(WIDE));
            assertThat(states.dtype()).isEqualTo(dtype);
            assertThat(encoder.placement().dtype()).isEqualTo(dtype);
            float[] expected = encoder()
                    .encode(
                            ids(3, WIDE.tokens(), 2),
                            List.of(encoder().imageEmbeds(pixels(WIDE, 1), List.of(WIDE))),
                            List.of(WIDE))
                    .toFloats();
            assertThat(relativeDifference(states.toFloats(), expected)).isLessThan(0.05);
        }
    }

    @Test
    void aMaskOfOnesChangesNothing() {
        Tensor embeds = encoder().language().embed(Tensor.of(new long[] {5, 6, 7}, 1, 3));
        Tensor positions = Tensor.of(new long[] {0, 1, 2, 0, 1, 2, 0, 1, 2}, 3, 1, 3);
        float[] expected =
                encoder().encode(new long[] {5, 6, 7}, List.of(), List.of()).toFloats();
        assertThat(encoder().language().forward(embeds, positions, null).toFloats())
                .containsExactly(expected);
        assertThat(encoder()
                        .language()
                        .forward(embeds, positions, Tensor.of(new long[] {1, 1, 1}, 1, 3))
                        .toFloats())
                .containsExactly(expected, within(1e-4f));
    }

    @Test
    void countsThatDoNotFitAreRefused() {
        Tensor embeds = encoder().imageEmbeds(pixels(WIDE, 1), List.of(WIDE));
        long[] fitting = ids(1, WIDE.tokens(), 1);
        long before = Scope.liveTensors();
        TestCheckpoints.assertRefused(
                () -> encoder().encode(ids(1, 5, 1), List.of(embeds), List.of(WIDE)), "5 image tokens", "12");
        TestCheckpoints.assertRefused(() -> encoder().encode(fitting, List.of(embeds), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder().encode(fitting, List.of(embeds, embeds), List.of(WIDE)))
                .withMessageContaining("24");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder().encode(fitting, List.of(), List.of(WIDE)))
                .withMessageContaining("embeds of 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder().imageEmbeds(pixels(WIDE, 1), List.of(TALL)))
                .withMessageContaining("48 patches");
        assertThat(Scope.liveTensors()).isEqualTo(before + 1); // the pixels
    }

    @Test
    void idsBeyondTheVocabularyAndEndlessPromptsAreRefused() {
        for (long id : new long[] {-1, 816, Long.MAX_VALUE}) {
            TestCheckpoints.assertRefused(() -> encoder().encode(new long[] {1, id}, List.of(), List.of()), "816");
        }
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> encoder().encode(new long[128_001], List.of(), List.of()))
                .withMessageContainingAll("prompt", "128001", "128000");
    }

    @Test
    void newerNamesAndTheLanguageHeadAreTakenToo() throws IOException {
        renamed(Map.of("\"model.", "\"model.language_model.", "\"visual.", "\"model.visual."));
        try (var newer = load(folder, FLOAT32)) {
            long[] ids = ids(3, WIDE.tokens(), 2);
            assertThat(newer.network()
                            .encode(
                                    ids,
                                    List.of(newer.network().imageEmbeds(pixels(WIDE, 1), List.of(WIDE))),
                                    List.of(WIDE))
                            .toFloats())
                    .containsExactly(encoder()
                            .encode(ids, List.of(encoder().imageEmbeds(pixels(WIDE, 1), List.of(WIDE))), List.of(WIDE))
                            .toFloats());
        }
        renamed(Map.of("\"model.norm.weight\"", "\"lm_head.weight\""));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> load(folder, FLOAT32))
                .withMessageContaining("1 missing: model.norm.weight")
                .withMessageNotContaining("lm_head");
        renamed(Map.of("\"visual.merger.ln_q.weight\"", "\"visual.merger.norm.weight\""));
        TestCheckpoints.assertRefused(
                () -> load(folder, FLOAT32),
                "missing: visual.merger.ln_q.weight",
                "not read: visual.merger.norm.weight");
    }

    @Test
    void olderConfigsHaveNoNestedTextConfig() throws IOException {
        writeConfig(config -> config.remove("text_config"));
        assertThat(Qwen25VlEncoder.Config.read(folder)).isEqualTo(Qwen25VlEncoder.Config.read(TEXT_ENCODER));
    }

    @Test
    void newerConfigsNameRopeDifferently() throws IOException {
        writeConfig(config -> {
            ObjectNode text = (ObjectNode) config.path("text_config");
            ObjectNode rope = (ObjectNode) text.remove("rope_scaling");
            text.set("rope_parameters", rope.set("rope_theta", text.remove("rope_theta")));
        });
        assertThat(Qwen25VlEncoder.Config.read(folder)).isEqualTo(Qwen25VlEncoder.Config.read(TEXT_ENCODER));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "text_config; hidden_size; 0; text_config.hidden_size",
                "text_config; hidden_size; 66; text_config.num_attention_heads",
                "text_config; hidden_size; 128; text_config.rope_scaling.mrope_section",
                "text_config; num_key_value_heads; 3; text_config.num_attention_heads",
                "text_config; num_attention_heads; null; text_config.num_attention_heads",
                "text_config; vocab_size; 100; image_token_id",
                "text_config; vocab_size; 1e99; text_config.vocab_size",
                "text_config; hidden_act; \"gelu\"; text_config.hidden_act",
                "text_config; use_sliding_window; true; text_config.use_sliding_window",
                "text_config; max_position_embeddings; -1; text_config.max_position_embeddings",
                "text_config; rope_theta; 0; text_config.rope_theta",
                "text_config; rope_scaling; null; text_config.rope_scaling",
                "text_config; rope_scaling; {\"mrope_section\": [8]}; text_config.rope_scaling.mrope_section",
                "text_config; rope_scaling; {\"mrope_section\": [8, 0, 0]}; text_config.rope_scaling.mrope_section",
                "text_config; rope_scaling; {\"rope_type\": \"yarn\"}; text_config.rope_scaling.rope_type",
                "vision_config; hidden_size; 30; vision_config.hidden_size",
                "vision_config; out_hidden_size; 32; vision_config.out_hidden_size",
                "vision_config; window_size; 27; vision_config.window_size",
                "vision_config; patch_size; 65; patch_size",
                "vision_config; in_channels; 1; vision_config.in_channels",
                "vision_config; hidden_act; \"gelu\"; vision_config.hidden_act",
                "vision_config; fullatt_block_indexes; [2]; vision_config.fullatt_block_indexes",
                "vision_config; fullatt_block_indexes; {}; vision_config.fullatt_block_indexes",
                "vision_config; depth; 0; vision_config.depth",
            })
    void aConfigThatCannotBeMeantIsNamed(String section, String field, String value, String named) throws IOException {
        writeConfig(config -> ((ObjectNode) config.path(section)).set(field, json(value)));
        TestCheckpoints.assertRefused(
                () -> Qwen25VlEncoder.Config.read(folder),
                folder.resolve("config.json").toString(),
                named);
    }

    @Test
    void aConfigWithoutVisionIsRefused() throws IOException {
        writeConfig(config -> config.remove("vision_config"));
        TestCheckpoints.assertRefused(() -> Qwen25VlEncoder.Config.read(folder), "vision_config", "object");
        writeConfig(config -> config.put("text_config", 7));
        TestCheckpoints.assertRefused(() -> Qwen25VlEncoder.Config.read(folder), "text_config");
    }

    private static Qwen25VlEncoder encoder() {
        return loaded.network();
    }

    private static Loaded<Qwen25VlEncoder> load(Path folder, Placement placement) {
        Qwen25VlEncoder.Config config = Qwen25VlEncoder.Config.read(folder);
        return Weights.load(folder, placement, w -> new Qwen25VlEncoder(config, w));
    }

    private static Tensor pixels(PatchGrid grid, long seed) {
        return Operators.randn(seed, DType.FLOAT32, new long[] {grid.patches(), 3 * 2 * 14 * 14})
                .getFirst();
    }

    /** Runs of words and of image tokens, in turn. */
    private static long[] ids(int... lengths) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            for (int j = 0; j < lengths[i]; j++) {
                ids.add(i % 2 == 0 ? 10L * i + j : IMAGE);
            }
        }
        return ids.stream().mapToLong(Long::longValue).toArray();
    }

    private static double relativeDifference(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    /** The weights with parts of their tensors' names replaced. */
    private void renamed(Map<String, String> parts) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(TEXT_ENCODER.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        String names = new String(header, StandardCharsets.UTF_8);
        for (String part : parts.keySet().stream().sorted().toList()) {
            names = names.replace(part, parts.get(part));
        }
        byte[] other = names.getBytes(StandardCharsets.UTF_8);
        ByteBuffer result =
                ByteBuffer.allocate(8 + other.length + file.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        result.putLong(other.length).put(other).put(file);
        Files.copy(
                TEXT_ENCODER.resolve("config.json"),
                folder.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.write(folder.resolve("model.safetensors"), result.array());
    }

    private void writeConfig(Consumer<ObjectNode> change) throws IOException {
        ObjectNode config =
                (ObjectNode) JSON.readTree(TEXT_ENCODER.resolve("config.json").toFile());
        change.accept(config);
        Files.writeString(folder.resolve("config.json"), config.toString());
    }

    private static JsonNode json(String value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
