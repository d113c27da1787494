package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.engine.Families;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.nn.Linear;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What LoRA files hold beside pairs: biases, norms, magnitudes of a DoRA, matrices of another width. Nothing of it stays. */
class LoraBesidePairsTest extends OnTinyFlux {
    private static final String TO_Q = "transformer_blocks.0.attn.to_q";
    private static final String NORM_Q = "transformer_blocks.0.attn.norm_q";

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, -2})
    void aBiasFollowsFactorAndScale(double scale) {
        LoraFile file = file(
                pair(TO_Q)
                        .add(TO_Q + ".lora_B.bias", DType.BFLOAT16, new long[] {48}, filled(48, 3))
                        .add(TO_Q + ".alpha", DType.FLOAT32, new long[0], 4),
                scale);
        try (var scope = Scope.open("test");
                var adapted = attach(file)) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(Objects.requireNonNull(lowRank(TO_Q).shift()).toFloats()).containsOnly((float) (6 * scale));
        }
    }

    @Test
    void aBiasThatTheMetadataDoesNotMentionIsLeftOut() {
        SafetensorsWriter writer = pair(TO_Q)
                .add(TO_Q + ".lora_B.bias", DType.FLOAT32, new long[] {48}, filled(48, 3))
                .metadata(Map.of("lora_adapter_metadata", "{\\\"transformer.lora_alpha\\\": 2}"));
        try (var adapted = attach(file(writer, 1))) {
            assertThat(lowRank(TO_Q).shift()).isNull();
            assertThat(adapted.notes())
                    .containsExactly("loras[0]: 1 of 3 tensors were left out, as its metadata does not say lora_bias: "
                            + TO_Q + ".lora_B.bias");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "transformer.transformer_blocks.0.attn.norm_q.weight, transformer_blocks.0.attn.norm_q",
        "base_model.model.transformer_blocks.1.attn.norm_added_k.weight, transformer_blocks.1.attn.norm_added_k",
        "double_blocks.0.img_attn.norm.query_norm.scale, transformer_blocks.0.attn.norm_q",
        "diffusion_model.double_blocks.1.txt_attn.norm.key_norm.scale, transformer_blocks.1.attn.norm_added_k",
        "diffusion_model.single_blocks.2.norm.key_norm.scale, single_transformer_blocks.2.attn.norm_k"
    })
    void aNormIsReplacedWhateverTheScale(String tensor, String norm) {
        SafetensorsWriter writer =
                new SafetensorsWriter().add(tensor, DType.FLOAT16, new long[] {16}, filled(16, 0.25f));
        for (double scale : List.of(1.0, 0.01, -1.0)) {
            try (var scope = Scope.open("test");
                    var adapted = attach(file(writer, scale))) {
                assertThat(adapted.notes()).isEmpty();
                assertThat(adapted.identity("transformer")).isNotEmpty();
                assertThat(Objects.requireNonNull(network.norms().get(norm))
                                .tensor()
                                .toFloats())
                        .containsOnly(0.25f);
            }
        }
        try (var adapted = attach(file(writer, 0))) {
            assertThat(adapted.identity("transformer")).isEmpty();
        }
    }

    @Test
    void theLastOfTwoNormsCounts() {
        LoraFile first = file(norm(1), 1);
        LoraFile second = file(norm(2), 1);
        try (var scope = Scope.open("test");
                var adapted = attach(first, second)) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(Objects.requireNonNull(network.norms().get(NORM_Q))
                            .tensor()
                            .toFloats())
                    .containsOnly(2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NORM_Q.weight | 8 | transformer_blocks.0.attn.norm_q.weight must be 16 numbers of a floating type, not F32 [8]
            TO_Q.lora_B.bias | 47 | transformer_blocks.0.attn.to_q.lora_B.bias must be 48 numbers of a floating type, not F32 [47]
            TO_Q.lora_magnitude_vector | 1 | \
            transformer_blocks.0.attn.to_q.lora_magnitude_vector must be 48 numbers of a floating type, not F32 [1]
            """)
    void whatHasAnotherShapeIsRefused(String tensor, int length, String message) {
        String name = tensor.replace("TO_Q", TO_Q).replace("NORM_Q", NORM_Q);
        SafetensorsWriter writer = pair(TO_Q).add(name, DType.FLOAT32, new long[] {length}, filled(length, 1));
        assertRefused(writer, message);
    }

    @ParameterizedTest
    @CsvSource({
        "transformer_blocks.0.attn.norm_q.weight, 16, transformer_blocks.0.attn.norm_q",
        "transformer_blocks.0.attn.to_q.lora_B.bias, 48, transformer_blocks.0.attn.to_q",
        "transformer_blocks.0.attn.to_q.lora_magnitude_vector, 48, transformer_blocks.0.attn.to_q"
    })
    void whatIsNotFiniteIsRefused(String tensor, int length, String layer) {
        for (float number : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertRefused(
                    pair(TO_Q).add(tensor, DType.FLOAT32, new long[] {length}, filled(length, number)),
                    "its " + layer + " holds numbers that are not finite");
        }
    }

    /** Row by row {@code m / |W + s·B·A| · (W + s·B·A)}, as PEFT computes it. */
    @ParameterizedTest
    @CsvSource({
        "lora_magnitude_vector, 1",
        "lora_magnitude_vector.weight, 0.5",
        "lora_magnitude_vector.default, -1",
        "lora_magnitude_vector.default.weight, 0.25"
    })
    void aDoraGivesRowsTheirLength(String name, double scale) {
        String adapter = name.contains("default") ? ".default" : "";
        SafetensorsWriter writer = new SafetensorsWriter()
                .add(TO_Q + ".lora_A" + adapter + ".weight", DType.FLOAT32, new long[] {2, 48}, filled(96, 0.1f))
                .add(TO_Q + ".lora_B" + adapter + ".weight", DType.FLOAT32, new long[] {48, 2}, filled(96, 0.2f))
                .add(TO_Q + "." + name, DType.FLOAT32, new long[] {48}, filled(48, 3));
        try (var scope = Scope.open("test");
                var adapted = attach(file(writer, scale))) {
            assertThat(adapted.notes()).isEmpty();
            LinearWeight layer = layer(TO_Q);
            float[] w = layer.tensor().toFloats();
            float[] rows = rows(layer);
            for (int row = 0; row < 48; row++) {
                double length = 0;
                double expected = 0;
                for (int i = 0; i < 48; i++) {
                    double number = w[row * 48 + i] + scale * 2 * 0.1 * 0.2;
                    length += number * number;
                    expected += number;
                }
                assertThat((double) rows[row]).isCloseTo(3 / Math.sqrt(length) * expected, within(1e-4));
            }
        }
    }

    @Test
    void aDoraBesideALoraAddsWhatItChangesByItself() {
        LoraFile plain = file(pair(TO_Q), 0.5);
        LoraFile dora =
                file(pair(TO_Q).add(TO_Q + ".lora_magnitude_vector", DType.FLOAT32, new long[] {48}, filled(48, 3)), 1);
        float[] without = difference();
        float[] first = difference(plain);
        float[] second = difference(dora);

        float[] both = difference(plain, dora);

        for (int i = 0; i < both.length; i++) {
            assertThat(both[i] - without[i]).isCloseTo(first[i] - without[i] + second[i] - without[i], within(1e-3f));
        }
        assertThat(Distance.between(second, without)).isGreaterThan(0.1);
    }

    @Test
    void aDoraInBfloat16IsCloseToTheExactOne() {
        LoraFile dora =
                file(pair(TO_Q).add(TO_Q + ".lora_magnitude_vector", DType.FLOAT32, new long[] {48}, filled(48, 3)), 1);
        float[] exact = difference(dora);
        try (Loaded<FluxTransformer> half = FluxNetworks.transformer(
                        TestLoras.FLUX.resolve("transformer"), new Placement(Device.CPU, DType.BFLOAT16));
                var scope = Scope.open("test");
                var adapted = TestLoras.attach(loras, "transformer", half, dora)) {
            assertThat(adapted.notes()).isEmpty();
            float[] rows = rows(Objects.requireNonNull(half.linears().get(TO_Q)));
            assertThat(Distance.between(rows, exact)).isLessThan(0.02);
        }
    }

    @Test
    void aDoraOfSomeLayersAloneIsRefused() {
        String other = "transformer_blocks.0.attn.to_k";
        assertRefused(
                pair(TO_Q)
                        .halves(other, DType.FLOAT32, 2, 48, 48, 1)
                        .add(TO_Q + ".lora_magnitude_vector", DType.FLOAT32, new long[] {48}, filled(48, 3)),
                "is a DoRA with a lora_magnitude_vector for some of the layers of its transformer alone");
    }

    @Test
    void aDoraAndABiasAreRefused() {
        assertRefused(
                pair(TO_Q)
                        .add(TO_Q + ".lora_B.bias", DType.FLOAT32, new long[] {48}, filled(48, 3))
                        .add(TO_Q + ".lora_magnitude_vector", DType.FLOAT32, new long[] {48}, filled(48, 3)),
                TO_Q + ".lora_B.bias stands beside a lora_magnitude_vector: a DoRA has no such bias");
    }

    @Test
    void kohyasScaleOfADoraIsLeftOutAndTold() {
        String name = "lora_unet_double_blocks_0_img_attn_proj";
        SafetensorsWriter writer = new SafetensorsWriter()
                .add(name + ".lora_down.weight", DType.FLOAT32, new long[] {2, 48}, filled(96, 1))
                .add(name + ".lora_up.weight", DType.FLOAT32, new long[] {48, 2}, filled(96, 1))
                .add(name + ".dora_scale", DType.FLOAT32, new long[] {48, 1}, filled(48, 3));
        try (var adapted = attach(file(writer, 1))) {
            assertThat(lowRank("transformer_blocks.0.attn.to_out.0").gain()).isNull();
            assertThat(adapted.notes())
                    .containsExactly("loras[0]: 1 of 3 tensors are a DoRA's dora_scale and were left out, as diffusers"
                            + " does: the rest is applied as a LoRA: " + name + ".dora_scale");
        }
    }

    /** A LoRA of FLUX.1-dev on a model with more input channels, in the names of PEFT and of kohya. */
    @ParameterizedTest
    @CsvSource({
        "transformer.x_embedder, .lora_A.weight, .lora_B.weight",
        "lora_unet_img_in, .lora_down.weight, .lora_up.weight"
    })
    void zerosStandForTheColumnsThatANarrowLoraLacks(String module, String down, String up) {
        SafetensorsWriter writer = new SafetensorsWriter()
                .add(module + down, DType.FLOAT32, new long[] {2, 40}, filled(80, 1))
                .add(module + up, DType.FLOAT32, new long[] {48, 2}, filled(96, 1));
        try (var scope = Scope.open("test");
                var adapted = attach(file(writer, 1))) {
            assertThat(adapted.notes()).isEmpty();
            float[] row = Arrays.copyOf(lowRank("x_embedder").down().toFloats(), 64);
            assertThat(Arrays.copyOf(row, 40)).containsOnly(1);
            assertThat(Arrays.copyOfRange(row, 40, 64)).containsOnly(0);
        }
    }

    @Test
    void zerosInAnyOtherLayerAreTold() {
        SafetensorsWriter writer = new SafetensorsWriter().halves(TO_Q, DType.FLOAT32, 2, 40, 48, 1);
        try (var adapted = attach(file(writer, 1))) {
            assertThat(adapted.notes())
                    .containsExactly("loras[0]: " + TO_Q + ".lora_A.weight has 40 columns, " + TO_Q
                            + " has 48: zeros stand for the rest, as in diffusers");
        }
    }

    @Test
    void aControlLoraSeesWhatStandsBehindTheNoise() {
        LoraFile control = file(new SafetensorsWriter().halves("x_embedder", DType.FLOAT32, 2, 128, 48, 0.5f), 1);
        LoraFile other = file(new SafetensorsWriter().halves("x_embedder", DType.FLOAT32, 3, 64, 48, 0.25f), 1);
        try (var scope = Scope.open("test");
                var adapted = attach(control, other)) {
            assertThat(adapted.control()).contains("loras[0]");
            var linear = new Linear(layer("x_embedder"), null);
            Tensor behind = Tensor.cat(1, zeros(64), ones(64));
            assertThat(linear.apply(behind).toFloats()).containsOnly(2 * 64 * 0.5f * 0.5f);
        }
        List<Loras.Network> networks = List.of(new Loras.Network("transformer", network));
        try (var kept = Families.loras(1 << 20)) {
            var model = new ModelLoras(kept, List.of());
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> model.attach(List.of(other, control), networks))
                    .withMessage("loras[1]: is a control LoRA (as FLUX.1 Canny and Depth are): it takes a control image"
                            + " beside the noise, and this worker has no pipeline for that")
                    .matches(e -> e.code() == JobException.Code.BAD_INPUT);
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> new ModelLoras(kept, List.of(control)).attach(List.of(), networks))
                    .withMessageStartingWith("darkroom.json: loras[0]: is a control LoRA");
        }
    }

    @Test
    void noOtherLayerIsWidened() {
        assertRefused(
                new SafetensorsWriter().halves(TO_Q, DType.FLOAT32, 2, 96, 48, 1),
                TO_Q + ".lora_A.weight of [2, 96] and " + TO_Q
                        + ".lora_B.weight of [48, 2] do not fit this model, whose " + TO_Q
                        + " is [48, 48]: it is a LoRA for another model");
    }

    private void assertRefused(SafetensorsWriter writer, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(file(writer, 1)))
                .withMessage("loras[0]: " + message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    /** What the layer gives for a row of ones, with these LoRAs. */
    private float[] difference(LoraFile... files) {
        try (var scope = Scope.open("test");
                var adapted = attach(files)) {
            assertThat(adapted.notes()).isEmpty();
            return rows(layer(TO_Q));
        }
    }

    /** The sums of the rows of the adapted weight. */
    private static float[] rows(LinearWeight layer) {
        return new Linear(layer, null)
                .apply(ones(48).to(layer.tensor().dtype()))
                .toFloats();
    }

    private static Tensor ones(int width) {
        return Tensor.of(filled(width, 1), 1, width);
    }

    private static Tensor zeros(int width) {
        return Tensor.of(new float[width], 1, width);
    }

    private static LinearWeight layer(String name) {
        return Objects.requireNonNull(network.linears().get(name), name);
    }

    private static LinearWeight.LowRank lowRank(String name) {
        return layer(name).lowRank().orElseThrow();
    }

    private static SafetensorsWriter norm(float number) {
        return new SafetensorsWriter().add(NORM_Q + ".weight", DType.FLOAT32, new long[] {16}, filled(16, number));
    }

    private static SafetensorsWriter pair(String layer) {
        return new SafetensorsWriter().halves(layer, DType.FLOAT32, 2, 48, 48, 0.5f);
    }

    private static float[] filled(long length, float number) {
        return SafetensorsWriter.filled(length, number);
    }

    private LoraFile file(SafetensorsWriter writer, double scale) {
        Path file = writer.write(folder.resolve("lora-" + System.nanoTime() + ".safetensors"));
        return new LoraFile(file, file.toString(), "my-style", scale);
    }

    private Adapted attach(LoraFile... files) {
        return TestLoras.attach(loras, "transformer", network, files);
    }
}
